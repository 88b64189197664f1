import type { EventCounts, RunDiff } from '#model/diff';

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
    for (const [kind, counts] of Object.entries(byKind)) rows.push([kind, ...cells(counts)]);
  }
  return table(['', 'same', 'moved', 'changed', 'only left', 'only right'], rows);
}

function cells({ same, moved, changed, onlyLeft, onlyRight }: EventCounts): string[] {
  return [same, moved, changed, onlyLeft, onlyRight].map(number);
}

function metricTable({ runs, metrics }: RunDiff): string[] {
  if (metrics.length === 0) return ['All the same.'];
  const rows = metrics.map(({ path, values, absolute, relative, withinSpread }) => [
    path,
    ...values.map(number),
    absolute
      .map(
        (change, i) =>
          `${change > 0 ? '+' : ''}${number(change)}${percent(relative[i])}${withinSpread[i] === true ? ' (within spread)' : ''}`,
      )
      .join(', '),
  ]);
  return table(['metric', ...runs.map((run) => run.id), 'change'], rows);
}

function phaseTable({ runs, phases }: RunDiff): string[] {
  const rows = phases.map(({ thread, step, name, values }) => [
    `${thread}/${step} ${name}`,
    ...values.map((value) =>
      value === null
        ? 'not there'
        : `${number(value.durationNs)} ns, ${number(value.minor + value.major)} faults, ${number(value.instantiatedKiB)} KiB`,
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
