/**
 * Where the material beside the repository lies: recordings and reference data that tests read but the
 * repository does not carry.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's own folder, as an absolute path. */
export const repositoryRoot: string = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The folder `shared` beside the repository; FAULTLINE_SHARED names another (a clone elsewhere). */
const sharedRoot: string = process.env['FAULTLINE_SHARED'] ?? join(repositoryRoot, '..', 'shared');

/** Absolute path of a file or folder below `../shared`, whether it exists or not. */
export function sharedPath(...parts: readonly string[]): string {
  return join(sharedRoot, ...parts);
}

/** Whether `../shared` (or the named file or folder in it) is there. */
export function hasShared(...parts: readonly string[]): boolean {
  return existsSync(sharedPath(...parts));
}
