/** Pieces of the reports' figures: SVG with text as text, legible in print and restyled by the page. */

/**
 * Okabe and Ito's colours for colour-blind readers (Color Universal Design, 2008), dark enough for print.
 * Classes in the SVG, so that a page may restyle them; the fill is the fallback for a lone SVG.
 */
export const COLOURS = {
  needed: '#0072b2',
  needless: '#d55e00',
  read: '#56b4e9',
  write: '#009e73',
  writeProtect: '#cc79a7',
  io: '#e69f00',
  ink: '#222222',
  faint: '#8a8f98',
} as const;

/** Width of every figure, px. */
export const WIDTH = 760;
const FONT = 'font-family="system-ui, sans-serif" font-size="12"';

/** A whole figure; `title` says it in words. */
export function svg(height: number, title: string, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escape(title)}" ${FONT}>${body}</svg>`;
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
