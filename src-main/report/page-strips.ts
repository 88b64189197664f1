import type { PageLife, PageState, PageStretch } from '#model/page-life';
import type { Figure } from '#model/report';
import type { RunInfo } from '#model/run';
import { formatCount, formatTime } from '#model/units';
import type { TimeSpan } from './model.ts';
import { subject } from './sentences.ts';
import { COLOURS, WIDTH, rect, svg, text } from './svg.ts';

/** The life of a page, and how many pages had one like it. */
export interface ReportedLife {
  readonly life: PageLife;
  /** The file's name; `file 0` where it has none. */
  readonly file: string;
  readonly pages: number;
}

const FILLS: Readonly<Record<PageState, string>> = {
  absent: 'none',
  cached: COLOURS.cache,
  'read-mapped': COLOURS.read,
  trapped: COLOURS.protect,
  dirty: COLOURS.write,
  writeback: COLOURS.writeback,
  clean: COLOURS.blocks,
  lost: COLOURS.alarm,
};

/** Stretches of a strip; of a longer life the first and the last are shown. */
const MOST_SHOWN = 8;
const ROW = 68;
const BAND = 10;

/**
 * Pages from the first moment of a run to its last: a box for each state, with how long it lasted. Boxes are of one
 * width, since a fault takes microseconds and a disk milliseconds.
 */
export function pageStripsFigure(run: RunInfo, lives: readonly ReportedLife[], span: TimeSpan | null): Figure {
  const marks: string[] = [];
  lives.forEach(({ life, file, pages }, place) => {
    const top = 6 + place * ROW;
    const alike = pages > 1 ? `, and ${formatCount(pages - 1)} like it` : '';
    marks.push(text(0, top + 11, `page ${formatCount(life.page)} of ${file}${alike}`, 'start'));
    const shown = shorten(within(life.stretches, span));
    const width = WIDTH / MOST_SHOWN;
    shown.forEach((item, i) => {
      const x = i * width;
      if (typeof item === 'number') {
        marks.push(text(x + 4, top + 44, `… ${formatCount(item)} more`, 'start'));
        return;
      }
      marks.push(band(x, top + 20, width - 3, item.state));
      marks.push(text(x + 2, top + 44, item.state, 'start'));
      marks.push(text(x + 2, top + 58, formatTime(item.to - item.from), 'start'));
    });
  });
  const caption = `${subject(run)}: what single pages were, one after the other, and for how long; boxes are not to scale. ${lives.length === 1 ? 'The page stands' : 'Each page stands'} for those of which the same kinds of event tell.`;
  return { caption, svg: svg(Math.max(1, lives.length) * ROW + 6, caption, marks.join('')) };
}

/** A state's colour; a page that is not there is an outline. */
function band(x: number, y: number, width: number, state: PageState): string {
  const fill = FILLS[state];
  if (fill !== 'none') return rect(x, y, width, BAND, fill);
  return `<rect x="${x + 0.5}" y="${y + 0.5}" width="${width - 1}" height="${BAND - 1}" fill="none" stroke="${COLOURS.faint}" stroke-dasharray="3 2"/>`;
}

/** The stretches that lie in the span, cut to it. */
function within(stretches: readonly PageStretch[], span: TimeSpan | null): PageStretch[] {
  if (span === null) return [...stretches];
  return stretches
    .filter(({ from, to }) => to > span.from && from < span.to)
    .map((stretch) => ({ ...stretch, from: Math.max(stretch.from, span.from), to: Math.min(stretch.to, span.to) }));
}

/** At most so many boxes; where some are left out, their number stands in the place of one. */
function shorten(stretches: readonly PageStretch[]): (PageStretch | number)[] {
  if (stretches.length <= MOST_SHOWN) return [...stretches];
  const head = stretches.slice(0, MOST_SHOWN - 2);
  return [...head, stretches.length - head.length - 1, stretches[stretches.length - 1]];
}
