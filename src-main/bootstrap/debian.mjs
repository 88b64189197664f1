/** Debian packages that windows, tests and the native build need: installed as root, else named in one line. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, must } from './children.mjs';
import { say, SetupError } from './report.mjs';

/** What Electron needs to open a window. */
export const WINDOW_PACKAGES = [
  'libgtk-3-0',
  'libnss3',
  'libgbm1',
  'libasound2',
  'libatk-bridge2.0-0',
  'libcups2',
  'libxss1',
];

/** A display without a screen, for the tests of the windows. */
export const DISPLAY_PACKAGES = ['xvfb', 'xauth'];

/** A compiler, for the SQLite module of the older Electron. */
export const BUILD_PACKAGES = ['g++', 'make', 'python3'];

const DPKG_STATUS = '/var/lib/dpkg/status';

/**
 * The packages of the list that dpkg does not have installed. On a system without dpkg: none, since it cannot be known.
 * @param {readonly string[]} names
 * @returns {string[]}
 */
export function missingDebianPackages(names) {
  if (!existsSync(DPKG_STATUS)) return [];
  // dpkg's own record, read here, because starting dpkg takes longer than everything else in a warm start.
  const installed = new Set();
  for (const record of readFileSync(DPKG_STATUS, 'utf8').split('\n\n')) {
    if (!/^Status: install ok installed$/m.test(record)) continue;
    const name = /^Package: (.+)$/m.exec(record)?.[1];
    if (name === undefined) continue;
    installed.add(name);
    // Debian 13 renamed some libraries (64-bit time): libgtk-3-0t64 is libgtk-3-0.
    installed.add(name.replace(/t64$/, ''));
  }
  return names.filter((name) => !installed.has(name));
}

/**
 * Installs what is missing where that is possible (root and apt-get).
 * @param {readonly string[]} names
 * @param {string} purpose for the message: "to open windows"
 * @throws {SetupError} naming the packages, where they cannot be installed from here
 */
export async function ensureDebianPackages(names, purpose) {
  const missing = missingDebianPackages(names);
  if (missing.length === 0) return;
  const list = missing.join(' ');
  if (process.getuid?.() !== 0 || !hasAptGet()) {
    throw new SetupError(`Debian packages are needed ${purpose}: apt-get install ${list}`);
  }
  say(`installing Debian packages ${purpose}: ${list}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '-q', '--no-install-recommends', ...missing];
  const first = await capture('apt-get', install, { env });
  if (first.code === 0) return;
  // Most often the package lists are missing or old.
  await must('apt-get update', 'apt-get', ['update', '-q'], { env });
  await must('apt-get install', 'apt-get', install, { env });
}

/** @returns {boolean} */
function hasAptGet() {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, 'apt-get')));
}
