/** A folder of the cache that is either whole or not there: prepared aside, then renamed. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { cacheFolder } from './paths.mjs';

/**
 * The cache's folder of that name, made by `prepare` when it is not there.
 * @param {string} name carries every version it depends on
 * @param {string} what for the message when another process is at it
 * @param {(folder: string) => Promise<void>} prepare fills an empty folder in the same file system
 * @returns {Promise<string>} absolute path
 */
export async function prepareOnce(name, what, prepare) {
  const target = join(cacheFolder(), name);
  if (existsSync(target)) return target;
  return withLock(join(cacheFolder(), `${name}.lock`), what, async () => {
    if (existsSync(target)) return target;
    // What a killed preparer left; the lock says that nobody is at it now.
    const aside = `preparing-${name}-`;
    for (const left of readdirSync(cacheFolder()).filter((entry) => entry.startsWith(aside))) {
      rmSync(join(cacheFolder(), left), { recursive: true, force: true });
    }
    const workshop = mkdtempSync(join(cacheFolder(), aside));
    try {
      const folder = join(workshop, name);
      mkdirSync(folder);
      await prepare(folder);
      renameSync(folder, target);
    } finally {
      rmSync(workshop, { recursive: true, force: true });
    }
    return target;
  });
}
