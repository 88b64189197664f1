import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BrowserWindow, session, type WebContents } from 'electron';
import type { Printer } from '#lab/printer';
import type { Paper } from '#model/report';

/** Margins of a page, inches. */
const MARGIN = 0.6;
/** What Chromium lays header and footer out in has no style of ours. */
const FOOTER = `<div style="width:100%;margin:0 ${MARGIN}in;font:7.5px system-ui,sans-serif;color:#4f5359;display:flex;justify-content:space-between"><span class="title"></span><span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>`;

/** Prints in a window that is never shown, without scripts and without a network. */
export class ElectronPrinter implements Printer {
  pdf(html: string, paper: Paper): Promise<Uint8Array> {
    return inHiddenPage(html, { width: 900, height: 1200 }, (contents) =>
      contents.printToPDF({
        pageSize: paper,
        printBackground: true,
        generateTaggedPDF: true,
        generateDocumentOutline: true,
        displayHeaderFooter: true,
        headerTemplate: '<span></span>',
        footerTemplate: FOOTER,
        margins: { top: MARGIN, bottom: MARGIN + 0.1, left: MARGIN, right: MARGIN },
      }),
    );
  }

  png(svg: string, scale: number): Promise<Uint8Array> {
    const [width, height] = sizeOf(svg);
    const html = `<!doctype html><meta charset="utf-8"><title>-</title><style>html,body{margin:0;background:#fff}svg{display:block}</style>${svg}`;
    return inHiddenPage(html, { width, height }, async (contents) => {
      contents.debugger.attach('1.3');
      const shot = (await contents.debugger.sendCommand('Page.captureScreenshot', {
        format: 'png',
        clip: { x: 0, y: 0, width, height, scale },
        captureBeyondViewport: true,
      })) as { data: string };
      return Buffer.from(shot.data, 'base64');
    });
  }
}

/** Width and height that a figure says of itself. */
function sizeOf(svg: string): [width: number, height: number] {
  const [, width, height] = /^<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  return [Math.ceil(Number(width ?? 800)), Math.ceil(Number(height ?? 600))];
}

async function inHiddenPage<T>(
  html: string,
  size: { readonly width: number; readonly height: number },
  use: (contents: WebContents) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-print-'));
  const page = join(folder, 'page.html');
  await writeFile(page, html);
  const printing = session.fromPartition('printing');
  printing.webRequest.onBeforeRequest((request, answer) => answer({ cancel: !request.url.startsWith('file:') }));
  const window = new BrowserWindow({
    ...size,
    show: false,
    frame: false,
    webPreferences: {
      session: printing,
      // Without a surface of its own on the screen: so it works where there is no screen.
      offscreen: true,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      javascript: false,
      spellcheck: false,
    },
  });
  try {
    await window.loadURL(pathToFileURL(page).href);
    return await use(window.webContents);
  } finally {
    window.destroy();
    await rm(folder, { recursive: true, force: true });
  }
}
