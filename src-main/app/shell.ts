import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import { app, clipboard, dialog, ipcMain, Menu, nativeTheme } from 'electron';
import { makeHandlers, type AppServices } from '#ipc/handlers';
import { Operations } from '#ipc/operations';
import { registerHandlers } from '#ipc/register';
import type { Contrast, MenuCommand, Theme, Zoom } from '#ipc/schemas';
import type { Lab } from '#lab/lab';
import { buildMenu } from './menu.ts';
import { filesOf, readDocument, type OpenedFile } from './opened.ts';
import { ElectronPrinter } from './print.ts';
import { serveWindow } from './protocol.ts';
import { denyPermissions } from './security.ts';
import { readSettings, writeSettings, type Settings } from './settings.ts';
import { startExplorerWorker } from './threads.ts';
import { openWindow, stateOf } from './window.ts';
import { zoomAfter } from './zoom.ts';

export interface ShellOptions {
  /** The application's folder. */
  readonly root: string;
  readonly libraryPath: string;
  readonly version: string;
}

/** The one window and what the system has to do with it. */
export class Shell implements AppServices {
  private readonly lab: Lab;
  private readonly options: ShellOptions;
  private readonly settingsFile: string;
  private settings: Settings;
  private window: BrowserWindow | null = null;
  private readonly operations = new Operations(() => performance.now());
  private waiting: string[];
  readonly printer = new ElectronPrinter();

  constructor(lab: Lab, options: ShellOptions) {
    this.lab = lab;
    this.options = options;
    this.settingsFile = join(app.getPath('userData'), 'settings.json');
    this.settings = readSettings(this.settingsFile);
    this.waiting = filesOf(process.argv, app.isPackaged, process.cwd());
    nativeTheme.themeSource = this.settings.theme;
    Menu.setApplicationMenu(null);
    denyPermissions();
    serveWindow(join(options.root, 'out', 'renderer'));
    registerHandlers(ipcMain, makeHandlers(lab, this, this.operations));
  }

  /** Opens the window, or brings it to the front. */
  open(): void {
    if (this.window !== null) {
      if (this.window.isMinimized()) this.window.restore();
      this.window.focus();
      return;
    }
    const preload = join(this.options.root, 'out', 'preload', 'index.cjs');
    const window = openWindow(preload, this.settings.window, nativeTheme.shouldUseDarkColors);
    this.window = window;
    window.webContents.on('did-finish-load', () => window.webContents.setZoomFactor(this.settings.zoom));
    window.on('close', () => {
      this.settings = { ...this.settings, window: stateOf(window) };
      writeSettings(this.settingsFile, this.settings);
    });
    window.on('closed', () => {
      this.window = null;
      // Nobody is left to see what they come to; finished runs are kept.
      this.operations.cancelAll();
    });
  }

  openedAgain(argv: readonly string[], workingDirectory: string): void {
    this.openFiles(filesOf(argv, app.isPackaged, workingDirectory));
    this.open();
  }

  openFiles(files: readonly string[]): void {
    if (files.length === 0) return;
    this.waiting.push(...files);
    this.tell('app.opened');
  }

  async close(): Promise<void> {
    this.operations.cancelAll();
    await this.lab.close();
  }

  info(): ReturnType<AppServices['info']> {
    const { version, libraryPath } = this.options;
    return {
      version,
      platform: process.platform,
      theme: this.settings.theme,
      contrast: this.settings.contrast,
      library: libraryPath,
    };
  }

  startExplorer(): ReturnType<AppServices['startExplorer']> {
    return startExplorerWorker();
  }

  setTheme(theme: Theme): void {
    nativeTheme.themeSource = theme;
    this.settings = { ...this.settings, theme };
    writeSettings(this.settingsFile, this.settings);
  }

  setContrast(contrast: Contrast): void {
    this.settings = { ...this.settings, contrast };
    writeSettings(this.settingsFile, this.settings);
  }

  zoom(zoom: Zoom): void {
    const to = zoomAfter(this.settings.zoom, zoom);
    this.settings = { ...this.settings, zoom: to };
    this.window?.webContents.setZoomFactor(to);
    writeSettings(this.settingsFile, this.settings);
  }

  setMenu(commands: readonly MenuCommand[]): void {
    Menu.setApplicationMenu(buildMenu(commands, (command) => this.tell('app.command', command)));
  }

  copyText(text: string): void {
    void clipboard.writeText(text);
  }

  takeOpened(): string[] {
    const files = this.waiting;
    this.waiting = [];
    return files;
  }

  async askForDocument(): Promise<OpenedFile | null> {
    const filters = [{ name: 'Experiment', extensions: ['json'] }];
    const choice = await dialog.showOpenDialog({ title: 'Open an experiment', properties: ['openFile'], filters });
    const file = choice.filePaths[0];
    return choice.canceled || file === undefined ? null : readDocument(file);
  }

  async askForFiles(): Promise<string[]> {
    const choice = await dialog.showOpenDialog({ title: 'Import', properties: ['openFile', 'multiSelections'] });
    return choice.canceled ? [] : choice.filePaths;
  }

  today(): string {
    return new Date().toISOString().slice(0, 10);
  }

  now(): Date {
    return new Date();
  }

  async askWhereToSave(suggestion: string, kind: string, extension: string): Promise<string | null> {
    const choice = await dialog.showSaveDialog({
      title: 'Save',
      defaultPath: join(app.getPath('documents'), suggestion),
      filters: [{ name: kind, extensions: [extension] }],
      properties: ['showOverwriteConfirmation', 'createDirectory'],
    });
    return choice.canceled || choice.filePath === '' ? null : choice.filePath;
  }

  runsChanged(): void {
    this.tell('runs.changed');
  }

  private tell(topic: string, message?: unknown): void {
    if (this.window !== null && !this.window.isDestroyed()) this.window.webContents.send(topic, message);
  }
}
