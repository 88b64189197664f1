import { EventKind } from '#model/events';
import type { RunInfo } from '#model/run';
import type { Tile } from '#model/tile';
import { formatCount, formatTime } from '#model/units';
import type { Figure } from '#model/report';
import { subject } from './sentences.ts';
import { COLOURS, WIDTH, line, rect, round, svg, text } from './svg.ts';

/** A bar a run: blocks instantiated, the needless part told apart by colour and hatching. */
export function blocksFigure(runs: readonly RunInfo[]): Figure {
  const left = 190;
  const right = 110;
  const row = 26;
  const height = runs.length * row + 34;
  const most = Math.max(1, ...runs.map((run) => run.metrics.blocks.instantiatedKiB));
  const scale = (WIDTH - left - right) / most;
  const bars = runs.map((run, i) => {
    const { neededKiB, needlessKiB, instantiatedKiB } = run.metrics.blocks;
    const y = 28 + i * row;
    const needed = Math.min(neededKiB, instantiatedKiB) * scale;
    const needless = needlessKiB * scale;
    return [
      text(left - 8, y + 13, subject(run), 'end'),
      rect(left, y, needed, 18, COLOURS.blocks),
      rect(left + needed, y, needless, 18, COLOURS.write),
      needless > 2
        ? `<rect x="${round(left + needed)}" y="${y}" width="${round(needless)}" height="18" fill="url(#hatch)"/>`
        : '',
      text(left + needed + needless + 6, y + 13, `${formatCount(instantiatedKiB)} KiB`, 'start'),
    ].join('');
  });
  const hatch = `<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="#ffffff" stroke-opacity="0.45" stroke-width="2"/></pattern></defs>`;
  const legend = [
    rect(left, 4, 12, 12, COLOURS.blocks),
    text(left + 18, 14, 'needed', 'start'),
    rect(left + 90, 4, 12, 12, COLOURS.write),
    text(left + 108, 14, 'needless', 'start'),
  ].join('');
  const caption = 'Blocks that each policy gave to holes, KiB; needless ones hold no stored byte.';
  return { caption, svg: svg(height, caption, hatch + legend + bars.join('')) };
}

/** Rows of a run's timeline, and the kinds that each gathers; a row without events is left out. */
const TRACKS: readonly { readonly label: string; readonly kinds: readonly number[]; readonly colour: string }[] = [
  { label: 'read faults', kinds: [EventKind.readFault], colour: COLOURS.read },
  { label: 'write faults', kinds: [EventKind.writeFault], colour: COLOURS.write },
  { label: 'write-protect faults', kinds: [EventKind.writeProtectFault], colour: COLOURS.protect },
  { label: 'SIGBUS', kinds: [EventKind.sigbus], colour: COLOURS.alarm },
  { label: 'blocks instantiated', kinds: [EventKind.blocksInstantiated], colour: COLOURS.blocks },
  { label: 'writeback', kinds: [EventKind.writeback], colour: COLOURS.writeback },
  {
    label: 'reclaim and throttling',
    kinds: [EventKind.directReclaim, EventKind.kswapd, EventKind.throttle],
    colour: COLOURS.cache,
  },
  { label: 'lock waits', kinds: [EventKind.lockWait], colour: COLOURS.cache },
  { label: 'I/O waits', kinds: [EventKind.ioWait], colour: COLOURS.io },
  { label: 'I/O requests', kinds: [EventKind.io], colour: COLOURS.io },
  { label: 'data lost', kinds: [EventKind.dataLost], colour: COLOURS.alarm },
];

/** Columns of a tile for the figure: two a pixel, so that there is something to zoom into. */
export const TIMELINE_COLUMNS = 1020;
const LEFT = 190;
const RIGHT = 60;
const ROW = 34;
/** Above and below the timeline of a picture of its own, px. */
const HEAD = 32;
const FOOT = 24;

/**
 * Where on a run's time its faults, allocations and I/O lie: the height of a bar is the number of events
 * that start in that column, against the row's highest.
 */
export function timelineFigure(run: RunInfo, tile: Tile): Figure {
  const counts = TRACKS.map((track) => columnCounts(tile, track.kinds));
  const shown = TRACKS.map((_, i) => i).filter((i) => counts[i].some((value) => value > 0));
  const height = Math.max(1, shown.length) * ROW + 40;
  const plot = WIDTH - LEFT - RIGHT;
  const marks: string[] = [];
  if (shown.length === 0) marks.push(text(LEFT, 26, 'no faults, allocations or I/O here', 'start'));
  shown.forEach((t, place) => {
    const track = TRACKS[t];
    const values = counts[t];
    const bottom = 8 + place * ROW + ROW - 8;
    marks.push(text(LEFT - 8, bottom - 6, track.label, 'end'), line(LEFT, bottom, WIDTH - RIGHT, bottom));
    marks.push(`<path d="${barsPath(values, LEFT, plot, bottom, ROW - 12)}" fill="${track.colour}"/>`);
    marks.push(
      text(WIDTH - RIGHT + 6, bottom - 6, formatCount(values.reduce((sum, value) => sum + value, 0)), 'start'),
    );
  });
  const axis = height - 24;
  marks.push(line(LEFT, axis - 4, WIDTH - RIGHT, axis - 4));
  for (const time of ticksOf(tile.from, tile.to)) {
    const x = LEFT + (plot * (time - tile.from)) / (tile.to - tile.from);
    marks.push(line(x, axis - 4, x, axis + 2), text(x, axis + 16, formatTime(time), 'middle'));
  }
  const caption = `${subject(run)}: ${shown.map((t) => TRACKS[t].label).join(', ') || 'nothing'} over simulated time, ${formatTime(tile.from)} to ${formatTime(tile.to)}; bar height is relative to the row's highest, the row's total is at its end.`;
  return { caption, svg: svg(height, caption, marks.join('')) };
}

/** The timeline as a picture of its own, which says what it shows. */
export function timelinePicture(run: RunInfo, tile: Tile): string {
  const figure = timelineFigure(run, tile);
  const height = Number(/ height="([\d.]+)"/.exec(figure.svg)?.[1] ?? 0);
  const title = [run.experiment, `${run.policy} on ${run.filesystem}`, run.kernel, run.machine];
  const head = text(8, 20, title.filter((part) => part !== '').join(' · '), 'start');
  const foot = text(
    8,
    height + HEAD + 14,
    `run ${run.hash.slice(0, 16)}, ${formatTime(tile.from)} to ${formatTime(tile.to)}`,
    'start',
  );
  return svg(height + HEAD + FOOT, figure.caption, `${head}${foot}${figure.svg.replace('<svg ', `<svg y="${HEAD}" `)}`);
}

/** Bars that stand beside each other at one height are one. */
function barsPath(values: readonly number[], left: number, plot: number, bottom: number, tallest: number): string {
  const most = Math.max(...values);
  const width = plot / values.length;
  const tallOf = (value: number): string => (value === 0 ? '' : round(Math.max(1.5, (value / most) * tallest)));
  let path = '';
  for (let column = 0; column < values.length;) {
    const tall = tallOf(values[column]);
    let end = column + 1;
    while (end < values.length && tallOf(values[end]) === tall) end++;
    if (tall !== '')
      path += `M${round(left + column * width)} ${round(bottom)}v-${tall}h${round(Math.max(0.8, (end - column) * width))}v${tall}z`;
    column = end;
  }
  return path;
}

/** Four to nine round times from `from` to `to`, ps. */
function ticksOf(from: number, to: number): number[] {
  const rough = (to - from) / 5;
  let step = 1;
  while (step * 10 <= rough) step *= 10;
  step *= rough / step >= 5 ? 5 : rough / step >= 2 ? 2 : 1;
  const ticks: number[] = [];
  for (let n = Math.ceil(from / step); n * step <= to; n++) ticks.push(n * step);
  return ticks;
}

function columnCounts(tile: Tile, kinds: readonly number[]): number[] {
  const counts = new Array<number>(tile.columns).fill(0);
  const { cells, spans } = tile;
  for (let i = 0; i < cells.count; i++) {
    if (kinds.includes(cells.kind[i])) counts[cells.column[i]] += cells.events[i];
  }
  const width = (tile.to - tile.from) / tile.columns;
  for (let i = 0; i < spans.count; i++) {
    if (!kinds.includes(spans.kind[i])) continue;
    const column = Math.min(tile.columns - 1, Math.max(0, Math.floor((spans.time[i] - tile.from) / width)));
    counts[column] += 1;
  }
  return counts;
}
