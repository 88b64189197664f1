import type { Paper } from '#model/report';

/** What makes pages and pictures of what reports are written in: Chromium, in the window or in a process of its own. */
export interface Printer {
  /** A page as PDF: tagged, with an outline of its headings and page numbers. @throws PrinterMissing */
  pdf(html: string, paper: Paper): Promise<Uint8Array>;
  /** A picture as PNG. @param scale pixels for each of the SVG's own. @throws PrinterMissing */
  png(svg: string, scale: number): Promise<Uint8Array>;
}

/** There is no Chromium here that could print. The message says why, and what there is instead. */
export class PrinterMissing extends Error {
  constructor(format: 'PDF' | 'PNG', why: string) {
    const instead = format === 'PDF' ? 'the html report prints from any browser' : 'svg is the same picture';
    super(`${format} needs Electron, which cannot be used here: ${why}; ${instead}`);
    this.name = 'PrinterMissing';
  }
}
