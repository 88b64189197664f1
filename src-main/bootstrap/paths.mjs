/** Where things lie: the repository, its Node 24, and the cache outside it. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder, absolute, without a trailing separator. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** The Node 24 that the `node` package brings; Faultline's own code runs on it, never on the system's. */
export const node24 = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** The command line's entry point, run unbuilt by Node 24. */
export const cliMain = join(root, 'src-main', 'cli', 'main.ts');

/**
 * The folder for what is prepared once a machine and must outlive node_modules: the Electron runtime, the SQLite
 * binding, compiled code. FAULTLINE_CACHE names it; otherwise the user's cache folder.
 * @returns {string} absolute path; it need not exist yet
 */
export function cacheFolder() {
  const own = process.env.FAULTLINE_CACHE;
  if (own) return own;
  if (process.platform === 'win32' && process.env.LOCALAPPDATA)
    return join(process.env.LOCALAPPDATA, 'faultline', 'cache');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'faultline');
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'faultline');
}

/**
 * The environment in which Faultline's own processes run: compiled code is kept, so that starting is quick.
 * @param {Record<string, string>} [extra] more variables
 * @returns {NodeJS.ProcessEnv} a copy of this process's environment with those added
 */
export function appEnvironment(extra = {}) {
  return { NODE_COMPILE_CACHE: join(cacheFolder(), 'compile-cache'), ...process.env, ...extra };
}
