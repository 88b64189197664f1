import type { Block, Cell, Report, Section, SectionId } from '#model/report';
import { REPORT_SECTIONS } from '#model/report';
import { ownSection } from '#model/report-text';
import type { RunInfo } from '#model/run';
import { formatCount, formatTime } from '#model/units';
import { comparisonBlocks } from './comparison.ts';
import { blocksFigure, timelineFigure } from './figures.ts';
import { latencyFigure } from './histogram.ts';
import type { ReportDocument, ReportInput, ReportSweep } from './model.ts';
import { pageStripsFigure } from './page-strips.ts';
import { sourceUses, sourcedIn, type Sourced } from './provenance.ts';
import { comparisonSentences, labelled, runSentence, subject, timeSentence, words } from './sentences.ts';
import { spanSentence, spanTable } from './span.ts';
import { sweepBlocks, sweepSentences } from './sweep.ts';
import { waitBlocks } from './waits.ts';

/** The report of one run, of several, of a sweep or of a span of time, in the parts asked for. */
export function buildReport(given: ReportInput): Report {
  const named = labelled(given.runs.map(({ run }) => run));
  const input: ReportInput = { ...given, runs: given.runs.map((entry, i) => ({ ...entry, run: named[i] })) };
  const sections = input.parts.map((part): Section => {
    if (typeof part !== 'string') return ownSection(part);
    const title = REPORT_SECTIONS.find(({ id }) => id === part)?.title ?? part;
    return { part, title, blocks: BLOCKS[part](input) };
  });
  return {
    title: input.title,
    question: input.question,
    madeAt: input.madeAt,
    sections: sections.filter((section) => section.blocks.length > 0),
  };
}

/** The report of a sweep alone, without its runs. @param madeAt ISO time */
export function sweepReport(sweep: ReportSweep, madeAt: string): Report {
  return buildReport({
    title: sweep.results.grid.name,
    question: '',
    runs: [],
    documents: [],
    warnings: [],
    comparison: null,
    sweep,
    span: null,
    parts: ['summary', 'sweep'],
    madeAt,
  });
}

const runsOf = (input: ReportInput): RunInfo[] => input.runs.map(({ run }) => run);

/** What each part of a report consists of; nothing where there is nothing to say. */
const BLOCKS: Readonly<Record<SectionId, (input: ReportInput) => Block[]>> = {
  summary,
  span: spanBlocks,
  sweep: (input) => (input.sweep === null ? [] : sweepBlocks(input.sweep)),
  comparison: comparisonBlocks,
  metrics: (input) => metrics(runsOf(input)),
  timeline: timelines,
  'page-life': pageLives,
  latencies,
  waits: (input) => waitBlocks(runsOf(input)),
  sources,
  reproduce,
};

function summary(input: ReportInput): Block[] {
  const runs = runsOf(input);
  const items = [
    ...(input.sweep === null ? [] : sweepSentences(input.sweep)),
    ...input.runs.flatMap(({ run, inSpan }) =>
      inSpan === null || input.span === null ? [] : [spanSentence(run, input.span, inSpan)],
    ),
    ...runs.map((run) => `${runSentence(run)} ${timeSentence(run)}`),
    ...comparisonSentences(runs),
  ];
  if (items.length === 0) return [];
  const blocks: Block[] = [{ type: 'list', items }];
  if (runs.some((run) => run.metrics.blocks.instantiatedKiB > 0))
    blocks.push({ type: 'figure', figure: blocksFigure(runs) });
  return [...blocks, ...warnings(input)];
}

function spanBlocks({ span, runs }: ReportInput): Block[] {
  if (span === null) return [];
  return runs.flatMap(({ run, inSpan }) => {
    const table = inSpan === null ? null : spanTable(run, inSpan);
    return table === null
      ? [{ type: 'paragraph', text: `${subject(run)}: nothing begins in the span.` } as const]
      : [table];
  });
}

/** What a reader must know before believing the figures: what cannot be compared, and what was never measured. */
function warnings(input: ReportInput): Block[] {
  const blocks: Block[] = [];
  if (input.warnings.length > 0)
    blocks.push({ type: 'warning', title: 'Before comparing these runs', items: input.warnings.map(sentence) });
  const estimated = input.documents
    .map((document) => ({ document, count: estimatesIn(document).length }))
    .filter(({ count }) => count > 0);
  const total = estimated.reduce((sum, { count }) => sum + count, 0);
  if (total > 0) {
    const verb = total === 1 ? 'figure is an estimate' : 'figures are estimates';
    blocks.push({
      type: 'warning',
      title: `${formatCount(total)} ${verb}, not measured: the times rest on them, the counts of faults and blocks do not`,
      items: estimated.map(({ document, count }) => `${document.kind} ${document.id}: ${formatCount(count)}`),
    });
  }
  return blocks;
}

function estimatesIn(document: ReportDocument): Sourced[] {
  return sourcedIn(document).filter(({ method }) => method === 'estimated');
}

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}

const METRIC_ROWS: readonly (readonly [string, (run: RunInfo) => string])[] = [
  ['read faults', (run) => formatCount(run.metrics.faults.read)],
  ['write faults', (run) => formatCount(run.metrics.faults.write)],
  ['write-protect faults', (run) => formatCount(run.metrics.faults.writeProtect)],
  ['minor / major', (run) => `${formatCount(run.metrics.faults.minor)} / ${formatCount(run.metrics.faults.major)}`],
  ['SIGBUS', (run) => formatCount(run.metrics.faults.sigbus)],
  ['blocks instantiated, KiB', (run) => formatCount(run.metrics.blocks.instantiatedKiB)],
  ['blocks needed, KiB', (run) => formatCount(run.metrics.blocks.neededKiB)],
  ['blocks needless, KiB', (run) => formatCount(run.metrics.blocks.needlessKiB)],
  ['pages dirtied', (run) => formatCount(run.metrics.pages.dirtied)],
  ['pages stored to', (run) => formatCount(run.metrics.pages.storedTo)],
  ['I/O requests', (run) => formatCount(run.metrics.io.requests)],
  ['read, KiB', (run) => formatCount(run.metrics.io.readKiB)],
  ['written, KiB', (run) => formatCount(run.metrics.io.writtenKiB)],
  ['bytes lost', (run) => formatCount(run.metrics.lostBytes)],
  ['simulated time', (run) => formatTime(run.metrics.time.simulatedNs * 1e3)],
  ['verdict', (run) => run.verdict],
];

function metrics(runs: readonly RunInfo[]): Block[] {
  const head: Cell[] = [
    { text: 'metric', number: false },
    ...runs.map((run) => ({ text: subject(run), number: true })),
  ];
  const rows = METRIC_ROWS.map(([label, value]): Cell[] => [
    { text: label, number: false },
    ...runs.map((run) => ({ text: value(run), number: true })),
  ]);
  const spent = (run: RunInfo, cause: string): number => run.metrics.time.byCauseNs[cause] ?? 0;
  const causes = [...new Set(runs.flatMap((run) => Object.keys(run.metrics.time.byCauseNs)))].filter((cause) =>
    runs.some((run) => spent(run, cause) > 0),
  );
  const timeRows = causes.map((cause): Cell[] => [
    { text: words(cause), number: false },
    ...runs.map((run) => ({ text: formatTime(spent(run, cause) * 1e3), number: true })),
  ]);
  const blocks: Block[] = [{ type: 'table', caption: 'What each run came to', head, rows }];
  if (timeRows.length > 0)
    blocks.push({
      type: 'table',
      caption: 'Core time by cause',
      head: [{ text: 'cause', number: false }, ...head.slice(1)],
      rows: timeRows,
    });
  return blocks;
}

function timelines(input: ReportInput): Block[] {
  return input.runs.flatMap(({ run, tile }): Block[] =>
    tile === null ? [] : [{ type: 'figure', figure: timelineFigure(run, tile) }],
  );
}

function pageLives(input: ReportInput): Block[] {
  return input.runs.flatMap(({ run, lives }): Block[] =>
    lives.length === 0 ? [] : [{ type: 'figure', figure: pageStripsFigure(run, lives, input.span) }],
  );
}

function latencies(input: ReportInput): Block[] {
  const blocks: Block[] = [];
  for (const { run, latencies: series } of input.runs) {
    for (const sort of ['fault', 'I/O'] as const) {
      const shown = series.filter((one) => one.sort === sort);
      if (shown.length > 0) blocks.push({ type: 'figure', figure: latencyFigure(run, shown) });
    }
  }
  return blocks;
}

/** Where the documents' figures come from. */
function sources(input: ReportInput): Block[] {
  const rows = input.documents.flatMap((document) =>
    sourceUses(sourcedIn(document)).map(({ source, method, figures }): Cell[] => [
      { text: `${document.kind} ${document.id}`.trim(), number: false },
      { text: source, number: false },
      { text: method, number: false },
      { text: formatCount(figures), number: true },
    ]),
  );
  const blocks: Block[] = [];
  if (rows.length > 0)
    blocks.push({
      type: 'table',
      caption: 'What the documents rest on',
      head: [...texts('document', 'source', 'how it was got'), { text: 'figures', number: true }],
      rows,
    });
  const estimates = input.documents.flatMap((document) =>
    estimatesIn(document).map(({ path, note }) => texts(`${document.kind} ${document.id}`, path, note)),
  );
  if (estimates.length > 0)
    blocks.push({
      type: 'table',
      caption: 'Figures that are estimates',
      head: texts('document', 'figure', 'reason'),
      rows: estimates,
    });
  return blocks;
}

function texts(...cells: readonly string[]): Cell[] {
  return cells.map((text) => ({ text, number: false }));
}

const RUN_FIELDS = [
  ['policy', (run: RunInfo) => run.policy],
  ['file system', (run: RunInfo) => run.filesystem],
  ['kernel', (run: RunInfo) => run.kernel],
  ['machine', (run: RunInfo) => run.machine],
  ['engine', (run: RunInfo) => run.engineVersion],
  ['seed', (run: RunInfo) => String(run.seed)],
  ['hash', (run: RunInfo) => run.hash],
] as const;

function reproduce(input: ReportInput): Block[] {
  const runs = runsOf(input);
  if (runs.length === 0) return [];
  return [
    {
      type: 'paragraph',
      text: 'A run is its engine version, its documents and its seed; the same three give the same bytes, and the hash says so. Save the experiment below to a file and give it to "faultline run".',
    },
    {
      type: 'table',
      caption: 'Runs',
      head: texts(...RUN_FIELDS.map(([name]) => name)),
      rows: runs.map((run) => texts(...RUN_FIELDS.map(([, value]) => value(run)))),
    },
    ...input.documents.map(({ kind, id, json }): Block => ({
      type: 'code',
      title: `${kind} ${id}`.trim(),
      text: json,
    })),
  ];
}
