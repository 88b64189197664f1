/** The real Electron for tests of the windows, and where they keep what they saw. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureElectron } from '../../src-main/bootstrap/electron.mjs';
import { appEnvironment } from '../../src-main/bootstrap/paths.mjs';
import { repositoryRoot } from './shared.ts';

/** What playwright-core's `_electron.launch` takes. */
export interface ElectronLaunch {
  readonly executablePath: string;
  readonly args: string[];
  readonly env: Record<string, string>;
}

/**
 * Finds or prepares the runtime (see src-main/bootstrap/electron.mjs) and says how to launch the built application in it.
 * @param args the application's own arguments, for instance a document to open
 * @param env further variables, for instance FAULTLINE_LIBRARY for a library of the test's own
 * @param application the folder with the application's package.json
 */
export async function electronLaunch(
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  application: string = repositoryRoot,
): Promise<ElectronLaunch> {
  const runtime = await ensureElectron();
  const inherited = Object.entries(appEnvironment({ ...runtime.env, ...env })).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    executablePath: runtime.executablePath,
    args: [...runtime.args, application, ...args],
    env: Object.fromEntries(inherited),
  };
}

/** Path for a screenshot below test-results/, which git ignores. Its folder is made. */
export function screenshotPath(name: string): string {
  const folder = join(repositoryRoot, 'test-results', 'screenshots');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}
