/** One preparer at a time: two starts at once must not install, build or unpack over each other. */
import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './report.mjs';

/** Between two looks at a lock another process holds. */
const LOOK_AGAIN_MS = 250;
/** A holder says this often that it is still at it. */
const HEARTBEAT_MS = 2_000;
/** One that was silent for so long was killed, whoever has its process id now. */
const SILENT_MS = 60_000;

/**
 * Runs `work` while holding the lock file; waits for another living holder, takes over from a dead one.
 * @template T
 * @param {string} file the lock file; its folder is made when missing
 * @param {string} what what is being prepared, for the waiting message
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, what, work) {
  mkdirSync(dirname(file), { recursive: true });
  for (let waited = false; !tryTake(file); waited = true) {
    if (isAbandoned(file)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!waited) say(`waiting for another process that prepares ${what}`);
    await sleep(LOOK_AGAIN_MS);
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    rmSync(file, { force: true });
  }
}

/**
 * @param {string} file
 */
function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Removed by hand: the work goes on.
  }
}

/**
 * @param {string} file
 * @returns {boolean} whether its holder is gone
 */
function isAbandoned(file) {
  const silent = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  const holder = holderOf(file);
  return silent > SILENT_MS || (holder !== null && !isAlive(holder));
}

/**
 * @param {string} file
 * @returns {boolean} whether the lock is now ours
 */
function tryTake(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * @param {string} file
 * @returns {number | null} process id, or null where it is gone or not yet written
 */
function holderOf(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

/**
 * @param {number} pid
 * @returns {boolean}
 */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
