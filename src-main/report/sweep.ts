import type { Block, Cell, Figure } from '#model/report';
import { metricName } from '#model/metric-names';
import { labelOf, type SweepGrid, type SweepResults } from '#model/sweep';
import { panelAxes, panelsOf, type Panel, type Panels } from '#model/sweep-panels';
import { figureAt, formatFigure, shapesOf, surprise } from '#model/sweep-results';
import type { ReportSweep } from './model.ts';
import { COLOURS, WIDTH, escape, line, rect, round, svg, text } from './svg.ts';

/** Panels side by side at most: narrower ones cannot be read. */
const MOST_PER_ROW = 4;
/** Panels of a figure at most; the table has all cells. */
const MOST_PANELS = 48;
/** Rows of the table in a report at most; the CSV and Parquet files have all. */
const MOST_ROWS = 1000;
/** Digits of a hash that tell runs apart. */
const HASH_DIGITS = 12;

/** What a sweep came to, in sentences. */
export function sweepSentences({ results, measure }: ReportSweep): string[] {
  const { grid, cells } = results;
  const { values, odd } = measured(results, measure);
  const done = cells.filter((cell) => cell !== undefined).length;
  const sentences = [`${done} of ${grid.cells.length} cells are done. The measure is ${metricName(measure)}.`];
  const known = values.flatMap((value, index) => (value === undefined ? [] : [{ value, index }]));
  if (known.length === 0) return sentences;
  const low = known.reduce((best, cell) => (cell.value < best.value ? cell : best));
  const high = known.reduce((best, cell) => (cell.value > best.value ? cell : best));
  const said = ({ value, index }: { value: number; index: number }): string =>
    `${formatFigure(value, measure)} (${cellName(grid, index)})`;
  sentences.push(
    low.value === high.value
      ? `It is ${formatFigure(low.value, measure)} in every cell that is done.`
      : `It runs from ${said(low)} to ${said(high)}.`,
  );
  if (odd !== undefined)
    sentences.push(
      `Furthest from what its neighbours let one expect: ${cellName(grid, odd)} (${formatFigure(values[odd] ?? 0, measure)}).`,
    );
  return sentences;
}

/** Cells that a reader will want to see: the lowest, the highest, the surprising one; none twice. */
export function standingCells({ results, measure }: ReportSweep): number[] {
  const { values, odd } = measured(results, measure);
  const known = values.flatMap((value, index) => (value === undefined ? [] : [{ value, index }]));
  if (known.length === 0) return [];
  const low = known.reduce((best, cell) => (cell.value < best.value ? cell : best));
  const high = known.reduce((best, cell) => (cell.value > best.value ? cell : best));
  return [...new Set([low.index, high.index, ...(odd === undefined ? [] : [odd])])];
}

/** The measure over the grid: small multiples, and a table of all cells. */
export function sweepBlocks({ results, measure }: ReportSweep): Block[] {
  const { grid, cells } = results;
  const { values, odd } = measured(results, measure);
  const number = (content: string): Cell => ({ text: content, number: true });
  const plain = (content: string): Cell => ({ text: content, number: false });
  const shown = grid.cells.slice(0, MOST_ROWS);
  const table: Block = {
    type: 'table',
    caption: `One row a cell${shown.length < grid.cells.length ? `, the first ${MOST_ROWS}` : ''}; ◆ marks the one furthest from its neighbours`,
    head: [...grid.axes.map((axis) => plain(axis.name)), number(metricName(measure)), plain('hash'), plain('verdict')],
    rows: shown.map(({ index, position }) => {
      const value = values[index];
      return [
        ...grid.axes.map((axis, i) => plain(labelOf(axis.values[position[i]]))),
        number(`${index === odd ? '◆ ' : ''}${value === undefined ? '–' : formatFigure(value, measure)}`),
        plain(cells[index]?.hash.slice(0, HASH_DIGITS) ?? '–'),
        plain(cells[index]?.verdict ?? 'not run'),
      ];
    }),
  };
  return [{ type: 'figure', figure: sweepFigure(results, measure) }, table];
}

/** A cell by its values, such as `stride 4 KiB, policies P1`. */
function cellName(grid: SweepGrid, index: number): string {
  return grid.axes.map((axis, i) => `${axis.name} ${labelOf(axis.values[grid.cells[index].position[i]])}`).join(', ');
}

function measured(
  { grid, cells }: SweepResults,
  measure: string,
): { values: (number | undefined)[]; odd: number | undefined } {
  const values = grid.cells.map(({ index }) => {
    const cell = cells[index];
    return cell === undefined ? undefined : figureAt(cell.metrics, measure);
  });
  return { values, odd: surprise(shapesOf(grid.axes), values) };
}

/** Small multiples of a sweep: one panel for each combination of the other axes, all on one scale. */
export function sweepFigure(results: SweepResults, measure: string): Figure {
  const { values, odd } = measured(results, measure);
  const panels = panelsOf(panelAxes(results.grid.axes), values);
  const shown = panels.panels.slice(0, MOST_PANELS);
  const perRow = Math.min(MOST_PER_ROW, panels.perRow > 1 ? panels.perRow : shown.length);
  const left = 74;
  const gap = 22;
  const width = (WIDTH - left - gap * (perRow - 1)) / perRow;
  const plot = 96;
  const row = plot + 56;
  const body = shown.map((panel, i) => {
    const x = left + (i % perRow) * (width + gap);
    const y = 26 + Math.floor(i / perRow) * row;
    const scale = i % perRow === 0 ? scaleLabels(panels, measure, x, y, plot) : '';
    return scale + drawPanel(panels, panel, { values, odd, measure, x, y, width, height: plot });
  });
  const more = panels.panels.length - shown.length;
  const caption = `${metricName(measure)} along ${panels.along.name}${panels.panels.length > 1 ? ', one panel for each combination of the other axes, all on one scale' : ''}.${odd === undefined ? '' : ' ◆ is the cell furthest from its neighbours.'}${more > 0 ? ` ${more} more panels are in the table only.` : ''}`;
  const height = 8 + Math.ceil(shown.length / perRow) * row;
  return { caption, svg: svg(height, caption, body.join('')) };
}

function scaleLabels(panels: Panels, measure: string, x: number, y: number, height: number): string {
  return [
    text(x - 6, y + 8, formatFigure(panels.high, measure), 'end'),
    text(x - 6, y + height, formatFigure(panels.low, measure), 'end'),
  ].join('');
}

interface Frame {
  readonly values: readonly (number | undefined)[];
  readonly odd: number | undefined;
  readonly measure: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawPanel({ along, low, high }: Panels, panel: Panel, frame: Frame): string {
  const { values, odd, measure, x, y, width, height } = frame;
  const step = width / panel.cells.length;
  const at = (i: number): number => x + (i + 0.5) * step;
  const level = (value: number): number => y + height - ((value - low) / (high - low)) * height;
  const marks: string[] = [line(x, level(Math.max(0, low)), x + width, level(Math.max(0, low)))];
  if (panel.title !== '') marks.push(text(x, y - 8, shorten(panel.title, width), 'start'));
  let path = '';
  panel.cells.forEach((cell, i) => {
    const value = values[cell];
    if (value === undefined) {
      path += ' ';
      return;
    }
    const what = `<title>${escape(`${along.name} ${along.labels[i]}: ${formatFigure(value, measure)}`)}</title>`;
    const [px, py] = [at(i), level(value)];
    if (along.ordered) {
      path += `${path === '' || path.endsWith(' ') ? 'M' : 'L'}${round(px)} ${round(py)}`;
      marks.push(`<circle cx="${round(px)}" cy="${round(py)}" r="2.5" fill="${COLOURS.blocks}">${what}</circle>`);
    } else {
      const top = Math.min(py, level(0));
      const bar = rect(px - step * 0.35, top, step * 0.7, Math.max(0.5, Math.abs(level(0) - py)), COLOURS.blocks);
      marks.push(bar.replace('/>', `>${what}</rect>`));
    }
    if (cell === odd)
      marks.push(
        `<path d="M${round(px)} ${round(py - 12)}l5 6l-5 6l-5 -6z" fill="none" stroke="${COLOURS.write}" stroke-width="2"/>`,
      );
  });
  if (along.ordered && path.trim() !== '')
    marks.push(`<path d="${path.trim()}" fill="none" stroke="${COLOURS.blocks}" stroke-width="1.5"/>`);
  return marks.join('') + ticks(along.labels, at, y + height + 16, step, x, width);
}

/** As many labels of the axis as stand beside each other; always the first, and the last where it fits. */
function ticks(
  labels: readonly string[],
  at: (i: number) => number,
  y: number,
  step: number,
  x: number,
  width: number,
): string {
  const longest = Math.max(...labels.map((label) => label.length));
  const every = Math.max(1, Math.ceil((longest * 6.6 + 8) / step));
  return labels
    .map((label, i) => {
      if (i % every !== 0) return '';
      const room = every * step;
      if (longest * 6.6 > width) return i === 0 ? text(x, y, shorten(label, width), 'start') : '';
      return text(at(i), y, shorten(label, room), 'middle');
    })
    .join('');
}

function shorten(content: string, width: number): string {
  const most = Math.max(4, Math.floor(width / 6.4));
  return content.length <= most ? content : `${content.slice(0, most - 1)}…`;
}
