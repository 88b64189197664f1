/**
 * What Electron's own default application does, for the runtime that comes without one: take the first argument that is
 * no switch as the application's folder, and become that application. Runs inside Electron only.
 */
import { app } from 'electron';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** @typedef {{ setVersion(version: string): void, setAppPath(path: string): void }} Internals not in Electron's types */
const application = /** @type {import('electron').App & Internals} */ (app);

const folder = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (folder === undefined) {
  process.stderr.write('electron: name the folder of an application\n');
  app.exit(2);
} else {
  await becomeApplication(resolve(folder));
}

/**
 * @param {string} path the application's folder
 */
async function becomeApplication(path) {
  /** @type {{ name?: string, productName?: string, version?: string, main?: string }} */
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const name = manifest.productName ?? manifest.name;
  if (name !== undefined) {
    application.setName(name);
    application.setPath('userData', join(application.getPath('appData'), name));
  }
  if (manifest.version !== undefined) application.setVersion(manifest.version);
  application.setAppPath(path);
  Object.defineProperty(process, 'defaultApp', { value: true, configurable: true });
  await import(pathToFileURL(join(path, manifest.main ?? 'index.js')).href);
}
