import type { RunInfo } from '#model/run';
import { formatCount, formatTime } from '#model/units';
import { blocksFigure, timelineFigure } from './figures.ts';
import { latencyFigure } from './histogram.ts';
import type { Block, Cell, Report, ReportDocument, ReportInput, Section } from './model.ts';
import { sourceUses, sourcedIn, type Sourced } from './provenance.ts';
import { comparisonSentences, runSentence, subject } from './sentences.ts';

/** The standard report of one or more runs. */
export function buildReport(input: ReportInput): Report {
  const runs = input.runs.map((entry) => entry.run);
  return {
    title: input.title,
    question: input.question,
    madeAt: input.madeAt,
    sections: [
      summary(input),
      metricsSection(runs),
      timelines(input),
      latencies(input),
      deadlocks(runs),
      sources(input),
      reproduce(input),
    ].filter((section) => section.blocks.length > 0),
  };
}

function summary(input: ReportInput): Section {
  const runs = input.runs.map((entry) => entry.run);
  return {
    title: 'Summary',
    blocks: [
      { type: 'list', items: [...runs.map(runSentence), ...comparisonSentences(runs)] },
      { type: 'figure', figure: blocksFigure(runs) },
      ...warnings(input),
    ],
  };
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

function metricsSection(runs: readonly RunInfo[]): Section {
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
  return { title: 'Metrics', blocks };
}

function timelines(input: ReportInput): Section {
  const blocks: Block[] = [];
  for (const { run, tile } of input.runs)
    if (tile !== null) blocks.push({ type: 'figure', figure: timelineFigure(run, tile) });
  return { title: 'Timelines', blocks };
}

function latencies(input: ReportInput): Section {
  const blocks: Block[] = [];
  for (const { run, latencies: series } of input.runs) {
    for (const sort of ['fault', 'I/O'] as const) {
      const shown = series.filter((one) => one.sort === sort);
      if (shown.length > 0) blocks.push({ type: 'figure', figure: latencyFigure(run, shown) });
    }
  }
  return { title: 'How long faults and requests took', blocks };
}

function deadlocks(runs: readonly RunInfo[]): Section {
  const blocks: Block[] = [];
  for (const run of runs) {
    if (run.waitFor === null) continue;
    const label = new Map(run.waitFor.nodes.map((node) => [node.id, node.label]));
    blocks.push(
      { type: 'paragraph', text: `${subject(run)} ended in a ${run.verdict}. Who waits for whom:` },
      {
        type: 'list',
        items: run.waitFor.edges.map(
          (edge) => `${label.get(edge.from) ?? edge.from} waits for ${label.get(edge.to) ?? edge.to}: ${edge.label}`,
        ),
      },
    );
  }
  return { title: 'The knot', blocks };
}

/** Where the documents' figures come from. */
function sources(input: ReportInput): Section {
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
  return { title: 'Sources', blocks };
}

function texts(...cells: readonly string[]): Cell[] {
  return cells.map((text) => ({ text, number: false }));
}

function reproduce(input: ReportInput): Section {
  const runs = input.runs.map((entry) => entry.run);
  return {
    title: 'How to reproduce this',
    blocks: [
      {
        type: 'paragraph',
        text: 'A run is its engine version, its documents and its seed; the same three give the same bytes, and the hash says so. Save the experiment below to a file and give it to "faultline run".',
      },
      {
        type: 'table',
        caption: 'Runs',
        head: ['run', 'policy', 'file system', 'kernel', 'machine', 'engine', 'seed', 'hash'].map((text) => ({
          text,
          number: false,
        })),
        rows: runs.map((run) =>
          [
            run.id,
            run.policy,
            run.filesystem,
            run.kernel,
            run.machine,
            run.engineVersion,
            String(run.seed),
            run.hash,
          ].map((text) => ({ text, number: false })),
        ),
      },
      ...input.documents.map((document): Block => ({
        type: 'code',
        title: `${document.kind} ${document.id}`,
        text: document.json,
      })),
    ],
  };
}

/** `coreToCore` as `core to core`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
