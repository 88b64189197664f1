import { BrowserWindow, screen } from 'electron';
import { APP_ORIGIN } from '#ipc/sender';
import type { WindowState } from './settings.ts';
import { MIN_HEIGHT, MIN_WIDTH, placeWindow } from './window-state.ts';

/**
 * The lab's window: sandboxed, isolated, without Node. Shown when its first frame is painted, so that it
 * never flashes empty.
 */
export function openWindow(preload: string, last: WindowState, dark: boolean): BrowserWindow {
  const bounds = placeWindow(
    last,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow({
    ...bounds,
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    show: false,
    // Alt shows the menu; the palette has every command too.
    autoHideMenuBar: true,
    title: 'Faultline',
    // The window's own background tokens, so that resizing shows no other colour.
    backgroundColor: dark ? '#14171a' : '#f4f3ef',
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (last.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  void window.loadURL(`${APP_ORIGIN}/index.html`);
  return window;
}

/** What to remember of a window. */
export function stateOf(window: BrowserWindow): WindowState {
  const bounds = window.getNormalBounds();
  return { ...bounds, maximized: window.isMaximized() };
}
