/** The bundled application in out/, built anew when a source changed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './children.mjs';
import { withLock } from './lock.mjs';
import { node24, root } from './paths.mjs';
import { say } from './report.mjs';

const output = join(root, 'out');
const stampFile = join(output, '.faultline-build');

/** What the build reads. The command line and this folder run unbuilt. */
const INPUTS = [
  'src-main',
  'src-renderer',
  'resources',
  'electron.vite.config.ts',
  'package-lock.json',
  'tsconfig.json',
];
const NOT_BUILT = /^src-main\/(?:bootstrap|cli)\/|\.md$/;

/** @returns {string} a hash of everything the build reads, names and contents */
function hashOfInputs() {
  const hash = createHash('sha256');
  for (const file of INPUTS.flatMap(filesBelow)) {
    if (NOT_BUILT.test(file)) continue;
    const bytes = readFileSync(join(root, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/**
 * @param {string} path relative to the repository, with `/`
 * @returns {string[]} the files below it (or itself), in the order of their names
 */
function filesBelow(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  try {
    const entries = readdirSync(full, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    return entries.flatMap((entry) =>
      entry.isDirectory() ? filesBelow(`${path}/${entry.name}`) : [`${path}/${entry.name}`],
    );
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return [path];
    throw error;
  }
}

/** @returns {string | null} the inputs' hash when the build is older than they are, null when it fits them */
function outdated() {
  const hash = hashOfInputs();
  try {
    return readFileSync(stampFile, 'utf8') === hash ? null : hash;
  } catch {
    return hash;
  }
}

/**
 * Makes out/ fit the sources; at once when it does.
 * @returns {Promise<boolean>} whether it had to be built
 * @throws {import('./report.mjs').SetupError} with the bundler's message
 */
export async function ensureBuild() {
  if (outdated() === null) return false;
  return withLock(join(root, '.cache', 'build.lock'), 'the build', async () => {
    const hash = outdated();
    if (hash === null) return false;
    say('building the application');
    const bundler = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
    await must('building the application', node24, [bundler, 'build', '--logLevel', 'warn'], { cwd: root });
    mkdirSync(output, { recursive: true });
    writeFileSync(stampFile, hash);
    return true;
  });
}
