import type { EventCounts, RunDiff } from '#model/diff';
import { EVENT_KINDS } from '#model/events';
import { metricName } from '#model/metric-names';
import { formatFigure } from '#model/sweep-results';
import { timeText } from './describe.ts';

/** Changes of documents shown before the rest is counted. */
const MOST_FIELDS = 40;

/** A comparison for people, as Markdown. */
export function diffMarkdown(diff: RunDiff): string {
  const lines: string[] = [
    `# ${diff.runs.map((run) => run.name || `${run.policy} (${run.id})`).join(' against ')}`,
    '',
  ];
  for (const { message } of diff.warnings) lines.push(`> **Note:** ${message}.`, '');
  if (!diff.comparable) lines.push('> **These runs are not comparable.**', '');
  lines.push('## First divergence', '', diff.firstDivergence?.text ?? 'None: event for event the same.', '');
  lines.push('## Events', '', ...eventTable(diff), '', '## Metrics', '', ...metricTable(diff), '');
  if (diff.phases.length > 0) lines.push('## Steps', '', ...phaseTable(diff), '');
  if (diff.documents.length > 0) {
    lines.push('## Documents', '', ...diff.documents.slice(0, MOST_FIELDS).map(({ text }) => `- ${escaped(text)}`));
    const more = diff.documents.length - MOST_FIELDS;
    if (more > 0) lines.push(`- and ${more} more fields`);
    lines.push('');
  }
  return lines.join('\n');
}

function eventTable({ pairs }: RunDiff): string[] {
  const rows: string[][] = [];
  for (const { left, right, events, byKind } of pairs) {
    rows.push([`${left} → ${right}`, ...cells(events)]);
    for (const [kind, counts] of Object.entries(byKind)) rows.push([labelOf(kind), ...cells(counts)]);
  }
  return table(['', 'same', 'moved', 'changed', 'only left', 'only right'], rows);
}

/** What readers call a kind of event. */
function labelOf(name: string): string {
  return EVENT_KINDS.find((kind) => kind.name === name)?.label ?? name;
}

function cells({ same, moved, changed, onlyLeft, onlyRight }: EventCounts): string[] {
  return [same, moved, changed, onlyLeft, onlyRight].map(number);
}

function metricTable({ runs, metrics }: RunDiff): string[] {
  if (metrics.length === 0) return ['All the same.'];
  const rows = metrics.map(({ path, values, absolute, relative, withinSpread }) => [
    metricName(path),
    ...values.map((value) => formatFigure(value, path)),
    absolute
      .map(
        (change, i) =>
          `${change > 0 ? '+' : ''}${formatFigure(change, path)}${percent(relative[i])}${withinSpread[i] === true ? ' (within spread)' : ''}`,
      )
      .join(', '),
  ]);
  return table(['metric', ...runs.map((run) => run.id), 'change'], rows);
}

function phaseTable({ runs, phases }: RunDiff): string[] {
  const rows = phases.map(({ thread, step, name, values }) => [
    `${thread + 1}/${step + 1} ${name}`,
    ...values.map((value) =>
      value === null
        ? 'not there'
        : `${timeText(value.durationNs * 1e3)}, ${number(value.minor + value.major)} faults, ${number(value.instantiatedKiB)} KiB`,
    ),
  ]);
  return table(['thread/step', ...runs.map((run) => run.id)], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (values: readonly string[]): string => `| ${values.map(escaped).join(' | ')} |`;
  return [line(head), `|${head.map((_, i) => (i === 0 ? ' --- |' : ' ---: |')).join('')}`, ...rows.map(line)];
}

function number(value: number): string {
  const rounded = Math.round(value * 1000) / 1000;
  const [whole, part] = String(rounded).split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+(?!\d))/g, '\u202f');
  return part === undefined ? grouped : `${grouped}.${part}`;
}

function percent(share: number | null): string {
  return share === null ? '' : ` (${share > 0 ? '+' : ''}${Math.round(share * 1000) / 10} %)`;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
