import { EVENT_KINDS, EventKind } from '#model/events';
import type { RunInfo } from '#model/run';
import type { Tile } from '#model/tile';
import { formatCount, formatTime } from '#model/units';
import type { Figure } from './model.ts';
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
      rect(left, y, needed, 18, COLOURS.needed),
      rect(left + needed, y, needless, 18, COLOURS.needless),
      needless > 2
        ? `<rect x="${round(left + needed)}" y="${y}" width="${round(needless)}" height="18" fill="url(#hatch)"/>`
        : '',
      text(left + needed + needless + 6, y + 13, `${formatCount(instantiatedKiB)} KiB`, 'start'),
    ].join('');
  });
  const hatch = `<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="6" stroke="#ffffff" stroke-opacity="0.45" stroke-width="2"/></pattern></defs>`;
  const legend = [
    rect(left, 4, 12, 12, COLOURS.needed),
    text(left + 18, 14, 'needed', 'start'),
    rect(left + 90, 4, 12, 12, COLOURS.needless),
    text(left + 108, 14, 'needless', 'start'),
  ].join('');
  const caption = 'Blocks that each policy gave to holes, KiB; needless ones hold no stored byte.';
  return { caption, svg: svg(height, caption, hatch + legend + bars.join('')) };
}

/** Rows of a run's timeline, and the kinds that each gathers. */
const TRACKS: readonly { readonly label: string; readonly kinds: readonly number[]; readonly colour: string }[] = [
  { label: 'read faults', kinds: [EventKind.readFault], colour: COLOURS.read },
  { label: 'write faults', kinds: [EventKind.writeFault], colour: COLOURS.write },
  { label: 'write-protect faults', kinds: [EventKind.writeProtectFault], colour: COLOURS.writeProtect },
  { label: 'blocks instantiated', kinds: [EventKind.blocksInstantiated], colour: COLOURS.needless },
  { label: 'I/O requests', kinds: [EventKind.io], colour: COLOURS.io },
];

/**
 * Where on a run's time its faults, allocations and I/O lie: the height of a bar is the number of events
 * that start in that column, against the row's highest.
 */
export function timelineFigure(run: RunInfo, tile: Tile): Figure {
  const left = 190;
  const right = 60;
  const row = 34;
  const counts = TRACKS.map((track) => columnCounts(tile, track.kinds));
  const shown = TRACKS.map((_, i) => i).filter((i) => counts[i].some((value) => value > 0));
  const height = shown.length * row + 40;
  const plot = WIDTH - left - right;
  const marks: string[] = [];
  shown.forEach((t, place) => {
    const track = TRACKS[t];
    const values = counts[t];
    const most = Math.max(...values);
    const bottom = 8 + place * row + row - 8;
    marks.push(text(left - 8, bottom - 6, track.label, 'end'), line(left, bottom, WIDTH - right, bottom));
    const bars = values
      .map((value, column) => {
        if (value === 0) return '';
        const tall = Math.max(1.5, (value / most) * (row - 12));
        return `M${round(left + (column / tile.columns) * plot)} ${round(bottom)}v-${round(tall)}h${round(Math.max(0.8, plot / tile.columns))}v${round(tall)}z`;
      })
      .join('');
    marks.push(`<path d="${bars}" fill="${track.colour}"/>`);
    marks.push(
      text(WIDTH - right + 6, bottom - 6, formatCount(values.reduce((sum, value) => sum + value, 0)), 'start'),
    );
  });
  const axis = height - 24;
  for (let i = 0; i <= 4; i++) {
    const x = left + (plot * i) / 4;
    marks.push(
      line(x, axis - 4, x, axis + 2),
      text(
        x,
        axis + 16,
        formatTime(tile.from + ((tile.to - tile.from) * i) / 4),
        i === 4 ? 'end' : i === 0 ? 'start' : 'middle',
      ),
    );
  }
  const caption = `${subject(run)}: ${EVENT_KINDS[EventKind.readFault].label}s, allocations and I/O over simulated time; bar height is relative to the row's highest, the row's total is at its end.`;
  return { caption, svg: svg(height, caption, marks.join('')) };
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
