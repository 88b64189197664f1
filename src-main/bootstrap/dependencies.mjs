/** node_modules as the lockfile says, and the Node 24 in it. Runs on the system's Node with nothing installed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './children.mjs';
import { withLock } from './lock.mjs';
import { node24, root } from './paths.mjs';
import { say, SetupError } from './report.mjs';

const modules = join(root, 'node_modules');
const lockfile = join(root, 'package-lock.json');
const stampFile = join(modules, '.faultline-dependencies');

/**
 * What node_modules must have been made from to be taken as it is.
 * @returns {string}
 */
function wantedStamp() {
  const lockHash = createHash('sha256').update(readFileSync(lockfile)).digest('hex');
  return `${lockHash} ${process.platform}-${process.arch}`;
}

/** @returns {boolean} whether node_modules is known to match the lockfile */
function isStamped() {
  try {
    return readFileSync(stampFile, 'utf8') === wantedStamp() && existsSync(node24);
  } catch {
    return false;
  }
}

/**
 * Whether npm itself recorded the same versions (someone ran `npm ci` or `npm install` by hand). Optional packages for
 * other platforms may be missing.
 * @returns {boolean}
 */
function matchesLockfile() {
  if (!existsSync(node24)) return false;
  try {
    const wanted = packagesIn(lockfile);
    const present = packagesIn(join(modules, '.package-lock.json'));
    return [...wanted].every(([path, entry]) => {
      if (path === '') return true;
      const have = present.get(path);
      if (have === undefined) return entry.optional === true;
      return have.version === entry.version && have.integrity === entry.integrity;
    });
  } catch {
    return false;
  }
}

/**
 * @param {string} file a package-lock.json
 * @returns {Map<string, { version?: string, integrity?: string, optional?: boolean }>} by path in the repository
 */
function packagesIn(file) {
  /** @type {{ packages: Record<string, { version?: string, integrity?: string, optional?: boolean }> }} */
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  return new Map(Object.entries(lock.packages));
}

/** Puts `faultline` beside the other commands, so that npm scripts find it too. */
function linkCommand() {
  if (process.platform === 'win32') return;
  const link = join(modules, '.bin', 'faultline');
  if (existsSync(link)) return;
  try {
    mkdirSync(join(modules, '.bin'), { recursive: true });
    symlinkSync('../../src-main/bootstrap/faultline.mjs', link);
  } catch {
    // A convenience only; `npx faultline` finds the command through package.json as well.
  }
}

/**
 * Makes node_modules match the lockfile; at once when it already does.
 * @throws {SetupError} when npm fails
 */
export async function ensureDependencies() {
  if (isStamped()) return;
  await withLock(join(root, '.cache', 'dependencies.lock'), 'the dependencies', async () => {
    if (isStamped()) return;
    if (!matchesLockfile()) {
      say('installing the dependencies of package-lock.json (once)');
      // Without install scripts, so that every npm does the same: older ones would run them all, npm 11 only the
      // listed ones. The one script needed is that of `node`, which fetches the binary for this platform.
      await must('installing the dependencies', 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
        cwd: root,
      });
      await must('fetching Node 24', 'npm', ['rebuild', 'node', '--no-audit', '--no-fund'], { cwd: root });
      if (!existsSync(node24))
        throw new SetupError(`Node 24 is not at ${node24} after installing; run npm rebuild node`);
    }
    linkCommand();
    writeFileSync(stampFile, wantedStamp());
  });
}
