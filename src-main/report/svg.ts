/** Pieces of the reports' figures: SVG with text as text, legible in print and restyled by the page. */

/**
 * The window's data colours on light ground (`--k-...` in src-renderer/ui/tokens.css, after Okabe and Ito, Color
 * Universal Design, 2008), so that a figure here and the timeline there are read alike. Dark enough for print.
 */
export const COLOURS = {
  read: '#0b62ab',
  write: '#b05400',
  protect: '#a02a80',
  blocks: '#00755a',
  io: '#2d6ea3',
  alarm: '#b0121e',
  cache: '#5c6770',
  writeback: '#177a86',
  ink: '#1b1d20',
  faint: '#8d8a82',
} as const;

/** The same on dark ground, for pages that follow the reader's theme. */
export const DARK_COLOURS: Readonly<Record<keyof typeof COLOURS, string>> = {
  read: '#62aef2',
  write: '#f2a14a',
  protect: '#e58acb',
  blocks: '#44c79b',
  io: '#7fc4ee',
  alarm: '#ff8a7d',
  cache: '#9aa7b0',
  writeback: '#56c5cf',
  ink: '#e8e6e1',
  faint: '#6b757c',
};

/** Width of every figure, px. */
export const WIDTH = 760;
const FONT = 'font-family="system-ui, sans-serif" font-size="12"';

/** A whole figure; `title` says it in words. @param scale px that a unit takes on the page */
export function svg(height: number, title: string, body: string, width = WIDTH, scale = 1): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width * scale)}" height="${round(height * scale)}" role="img" aria-label="${escape(title)}" ${FONT}>${body}</svg>`;
}

export function rect(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(Math.max(0, width))}" height="${round(height)}" fill="${fill}"/>`;
}

export function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text class="ink" x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${COLOURS.ink}">${escape(content)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="rule" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${COLOURS.faint}"/>`;
}

/** A coordinate to a hundredth. */
export function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Text safe inside markup and attributes. */
export function escape(content: string): string {
  return content.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
