/**
 * The Electron to start: the declared one where it is installed or can be fetched, else the runtime for cut-off
 * machines, with the SQLite module that fits it.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDebianPackages, WINDOW_PACKAGES } from './debian.mjs';
import {
  BINDING_FILE,
  bindingName,
  FALLBACK_ELECTRON,
  FIRST_ELECTRON_WITH_PREBUILT_SQLITE,
  installedVersion,
  runtimeName,
} from './electron-versions.mjs';
import { cacheFolder, node24, root } from './paths.mjs';
import { withLock } from './lock.mjs';
import { say, SetupError } from './report.mjs';

/**
 * @typedef {object} ElectronRuntime
 * @property {string} executablePath
 * @property {string} version
 * @property {string[]} args switches it needs on this machine, before the application's folder
 * @property {Record<string, string>} env variables the application needs: FAULTLINE_SQLITE_BINDING where SQLite's own
 *   prebuilt module does not fit
 */

/** A download that brings nothing for so long is given up. */
const STALLED_MS = 10_000;
/** Between two looks at a download's size. */
const LOOK_MS = 500;
/** Bytes of shared memory with which Chromium runs well. */
const SHARED_MEMORY_ENOUGH = 256 * 1024 * 1024;

const ownFolder = join(root, 'node_modules', 'electron');

/**
 * Finds or prepares the runtime and the packages it needs.
 * @returns {Promise<ElectronRuntime>}
 * @throws {SetupError} in one line where this machine cannot have one
 */
export async function ensureElectron() {
  if (process.platform === 'linux') await ensureDebianPackages(WINDOW_PACKAGES, 'to open windows');
  const { executablePath, version } = chosenByUser() ?? installedOwn() ?? preparedFallback() ?? (await obtain());
  /** @type {Record<string, string>} */
  const env = {};
  if (Number.parseInt(version, 10) < FIRST_ELECTRON_WITH_PREBUILT_SQLITE) {
    env.FAULTLINE_SQLITE_BINDING = await ensureBinding(version);
  }
  return { executablePath, version, args: switchesHere(), env };
}

/** @returns {string[]} what Chromium has to be told on this machine */
function switchesHere() {
  if (process.platform !== 'linux') return [];
  const switches = [];
  // As root its sandbox cannot work, and it refuses to start with it.
  if (process.getuid?.() === 0) switches.push('--no-sandbox');
  // Containers often have 64 MiB of shared memory; a page that needs more crashes.
  if (sharedMemoryBytes() < SHARED_MEMORY_ENOUGH) switches.push('--disable-dev-shm-usage');
  return switches;
}

/** @returns {number} the size of /dev/shm, 0 where there is none */
function sharedMemoryBytes() {
  try {
    const { blocks, bsize } = statfsSync('/dev/shm');
    return blocks * bsize;
  } catch {
    return 0;
  }
}

/**
 * The ecosystem's own variable names a folder with an Electron in it.
 * @returns {{ executablePath: string, version: string } | null}
 */
function chosenByUser() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (!folder) return null;
  const version = readVersion(folder);
  if (version === null) throw new SetupError(`ELECTRON_OVERRIDE_DIST_PATH: no Electron in ${folder}`);
  return { executablePath: join(folder, executableName()), version };
}

/** @returns {{ executablePath: string, version: string } | null} the declared Electron, where it is unpacked */
function installedOwn() {
  const folder = join(ownFolder, 'dist');
  const version = readVersion(folder);
  if (version === null || version !== installedVersion('electron')) return null;
  return { executablePath: join(folder, executableName()), version };
}

/** @returns {{ executablePath: string, version: string } | null} the runtime for cut-off machines, where it is prepared */
function preparedFallback() {
  const folder = join(cacheFolder(), runtimeName());
  const version = readVersion(folder);
  return version === null ? null : { executablePath: join(folder, 'electron'), version };
}

/**
 * Neither is there: try the declared one first. Once the other is prepared it stays in use, so that a cut-off machine
 * does not wait for the release server at every start.
 * @returns {Promise<{ executablePath: string, version: string }>}
 */
async function obtain() {
  const version = installedVersion('electron');
  return withLock(join(cacheFolder(), 'electron.lock'), 'Electron', async () => {
    const already = installedOwn() ?? preparedFallback();
    if (already !== null) return already;
    say(`fetching Electron ${version} (once)`);
    if (await fetchOwn()) {
      const own = installedOwn();
      if (own !== null) return own;
    }
    if (`${process.platform}-${process.arch}` !== FALLBACK_ELECTRON.platform) {
      throw new SetupError(
        `Electron ${version} cannot be fetched from its release server, and there is no other for this platform`,
      );
    }
    say(`its release server cannot be reached; using Electron ${FALLBACK_ELECTRON.version} in its place`);
    await runTool('electron-runtime.mjs', 'preparing Electron');
    const fallback = preparedFallback();
    if (fallback === null) throw new SetupError('Electron was prepared, but is not in the cache');
    return fallback;
  });
}

/**
 * Runs Electron's own installer, as long as something arrives.
 * @returns {Promise<boolean>} whether it succeeded
 */
async function fetchOwn() {
  const temporary = mkdtempSync(join(tmpdir(), 'faultline-electron-'));
  const env = { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  const installer = spawn(node24, [join(ownFolder, 'install.js')], { stdio: 'ignore', env });
  let size = -1;
  let changed = Date.now();
  const watch = setInterval(() => {
    const now = sizeOf(temporary) + sizeOf(join(ownFolder, 'dist'));
    if (now !== size) {
      size = now;
      changed = Date.now();
    } else if (Date.now() - changed > STALLED_MS) installer.kill('SIGKILL');
  }, LOOK_MS);
  try {
    return await new Promise((resolve) => {
      installer.on('error', () => resolve(false));
      installer.on('close', (code) => resolve(code === 0));
    });
  } finally {
    clearInterval(watch);
    rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * @param {string} folder
 * @returns {number} bytes in it, at any depth
 */
function sizeOf(folder) {
  if (!existsSync(folder)) return 0;
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const size = entry.isFile() ? statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size : 0;
    bytes += size ?? 0;
  }
  return bytes;
}

/**
 * @param {string} electronVersion
 * @returns {Promise<string>} the SQLite module for an Electron older than its prebuilt one asks for
 */
async function ensureBinding(electronVersion) {
  if (electronVersion !== FALLBACK_ELECTRON.version) {
    throw new SetupError(
      `Electron ${electronVersion} is too old: ${FIRST_ELECTRON_WITH_PREBUILT_SQLITE} or newer is needed`,
    );
  }
  const file = join(cacheFolder(), bindingName(), BINDING_FILE);
  if (!existsSync(file)) await runTool('sqlite-binding.mjs', 'building the SQLite module');
  return file;
}

/**
 * Runs one of this folder's tools under Node 24; it reports its own progress and the cause of its failure.
 * @param {string} script
 * @param {string} what for the message
 * @returns {Promise<void>}
 */
function runTool(script, what) {
  return new Promise((resolve, reject) => {
    const tool = spawn(node24, [join(root, 'src-main', 'bootstrap', script)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    tool.on('error', reject);
    tool.on('close', (code) => (code === 0 ? resolve() : reject(new SetupError(`${what} failed`))));
  });
}

/**
 * @param {string} folder of an unpacked Electron
 * @returns {string | null} its version; null where the folder holds none
 */
function readVersion(folder) {
  if (!existsSync(join(folder, executableName()))) return null;
  try {
    return readFileSync(join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
  } catch {
    return null;
  }
}

/** @returns {string} the program's path in an unpacked Electron */
function executableName() {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}
