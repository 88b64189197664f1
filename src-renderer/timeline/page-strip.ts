import { PAGE_STATES, type PageLife, type PageState, type PageStretch } from '#model/page-life';
import type { DisplayList } from './display-list.ts';
import { colourIndex, type ColourName } from './kinds.ts';
import { toAxis, type Placement } from './placement.ts';
import type { View } from './scale.ts';

/** How a state of a page looks: each has a height of its own, so that colour is not needed to tell them apart. */
export interface StateLook {
  readonly label: string;
  readonly colour: ColourName;
  /** Share of the strip's height. */
  readonly height: number;
  /** Of several states in one column of pixels the highest is shown: the rare ones. */
  readonly rank: number;
}

export const STATE_LOOKS: Readonly<Record<PageState, StateLook>> = {
  absent: { label: 'absent', colour: 'cache', height: 0.06, rank: 1 },
  cached: { label: 'cached', colour: 'cache', height: 0.22, rank: 2 },
  'read-mapped': { label: 'read-mapped', colour: 'read', height: 0.38, rank: 3 },
  clean: { label: 'clean', colour: 'blocks', height: 0.52, rank: 4 },
  writeback: { label: 'writeback', colour: 'writeback', height: 0.66, rank: 6 },
  dirty: { label: 'dirty', colour: 'write', height: 0.82, rank: 5 },
  trapped: { label: 'trapped', colour: 'protect', height: 1, rank: 7 },
  lost: { label: 'lost', colour: 'alarm', height: 1, rank: 8 },
};

const BY_RANK: readonly PageState[] = [...PAGE_STATES].sort((a, b) => STATE_LOOKS[a].rank - STATE_LOOKS[b].rank);

/** A name needs this much room, CSS pixels. */
const NAME_ROOM = 64;

/**
 * Paints a page's life into a strip of its own: at most one rectangle a column of pixels.
 * @param surface device pixels; the upper `names` of its height are for the names of states
 */
export function paintPageLife(
  list: DisplayList,
  life: PageLife,
  view: View,
  surface: { readonly width: number; readonly height: number; readonly names: number; readonly ratio: number },
  placement: Placement,
): void {
  const { width, height, names, ratio } = surface;
  const ranks = new Uint8Array(width);
  const perPixel = (view.to - view.from) / width;
  for (const { state, from, to } of life.stretches) {
    const start = (toAxis(placement, from) - view.from) / perPixel;
    const end = (toAxis(placement, to, 'end') - view.from) / perPixel;
    if (end < 0 || start >= width) continue;
    const { rank, label } = STATE_LOOKS[state];
    const first = Math.max(0, Math.floor(start));
    const last = Math.min(width - 1, Math.max(first, Math.ceil(end) - 1));
    for (let x = first; x <= last; x++) if (rank > ranks[x]) ranks[x] = rank;
    const room = Math.min(width, end) - Math.max(0, start);
    if (room >= NAME_ROOM * ratio)
      list.texts.push({ text: label, x: Math.max(0, start) + 3 * ratio, y: names / 2, room: room - 6 * ratio });
  }
  const full = height - names;
  let runFrom = 0;
  for (let x = 1; x <= width; x++) {
    if (x < width && ranks[x] === ranks[runFrom]) continue;
    if (ranks[runFrom] > 0) {
      const { colour, height: share } = STATE_LOOKS[BY_RANK[ranks[runFrom] - 1]];
      const h = Math.max(Math.round(2 * ratio), Math.round(full * share));
      list.rect(runFrom, height - h, x - runFrom, h, colourIndex(colour));
    }
    runFrom = x;
  }
}

/** The part of a life in which something happens, with air around it: what one wants to see of it. */
export function eventfulSpan({ stretches }: PageLife): View {
  const first = stretches[0];
  const last = stretches[stretches.length - 1];
  if (stretches.length < 2) return { from: first.from, to: first.to };
  const from = first.to;
  const to = last.from;
  const air = Math.max(1000, (to - from) * 0.1);
  return { from: Math.max(first.from, from - air), to: Math.min(last.to, to + air) };
}

/** A stretch as wide as it is long, with neighbours to be seen. */
export function spanAround({ from, to }: PageStretch): View {
  const air = Math.max(500, (to - from) * 0.15);
  return { from: from - air, to: to + air };
}

/** What the states come to in all: how long and how often each. In the order of {@link PAGE_STATES}. */
export function timeByState({ stretches }: PageLife): { state: PageState; time: number; times: number }[] {
  return PAGE_STATES.flatMap((state) => {
    const own = stretches.filter((stretch) => stretch.state === state);
    if (own.length === 0) return [];
    return [{ state, time: own.reduce((sum, { from, to }) => sum + to - from, 0), times: own.length }];
  });
}
