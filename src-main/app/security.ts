import { app, session } from 'electron';

/**
 * The window shows our own page and stays there: no navigation, no further windows, no webviews, no
 * permissions, no downloads. Reading on the web is for the person's own browser.
 */
export function lockDown(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** For the default session, once Electron is ready. */
export function denyPermissions(): void {
  const ours = session.defaultSession;
  ours.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  ours.setPermissionCheckHandler(() => false);
  ours.setDevicePermissionHandler(() => false);
  ours.on('will-download', (event) => event.preventDefault());
}
