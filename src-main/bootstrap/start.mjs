#!/usr/bin/env node
/**
 * `npm start -- [FILE] [--headless]`: sets up what is missing, then opens the lab where there is a display, else does the
 * main job in the terminal.
 */
import { ensureBuild } from './build.mjs';
import { runInPlace } from './children.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ensureElectron } from './electron.mjs';
import { appEnvironment, cliMain, node24, root } from './paths.mjs';
import { runMain, say, SetupError } from './report.mjs';

/** @returns {boolean} whether a window could be shown */
function hasDisplay() {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>}
 */
function runInTerminal(args) {
  return runInPlace(node24, [cliMain, 'start', ...args], appEnvironment());
}

/**
 * The Electron for this machine, or null, with the reason said, where there can be none.
 * @returns {Promise<import('./electron.mjs').ElectronRuntime | null>}
 */
async function electronIfPossible() {
  try {
    return await ensureElectron();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    return null;
  }
}

await runMain(async () => {
  const args = process.argv.slice(2).filter((argument) => argument !== '--headless');
  await ensureDependencies();
  // npm runs scripts in the repository's folder; a file is named from where the user stands.
  if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
  if (process.argv.includes('--headless')) return runInTerminal(args);
  if (!hasDisplay()) {
    say('no display here, so the lab runs in this terminal');
    return runInTerminal(args);
  }
  const electron = await electronIfPossible();
  if (electron === null) {
    say('no window can be opened, so the lab runs in this terminal');
    return runInTerminal(args);
  }
  await ensureBuild();
  if (electron.args.includes('--no-sandbox'))
    say('running as root, so without the sandbox, which Chromium cannot use then');
  // Chromium's own complaints (no system bus, no GPU) say nothing to the user; the application's messages stay.
  const switches = [...electron.args, '--log-level=3'];
  return runInPlace(electron.executablePath, [...switches, root, ...args], appEnvironment(electron.env));
});
