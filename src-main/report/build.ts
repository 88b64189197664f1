import type { RunInfo } from '#model/run';
import { formatCount, formatTime } from '#model/units';
import { blocksFigure, timelineFigure } from './figures.ts';
import type { Block, Cell, Report, ReportInput, Section } from './model.ts';
import { comparisonSentences, runSentence, subject } from './sentences.ts';

/** The standard report of one or more runs. */
export function buildReport(input: ReportInput): Report {
  const runs = input.runs.map((entry) => entry.run);
  return {
    title: input.title,
    question: input.question,
    madeAt: input.madeAt,
    sections: [summary(runs), metricsSection(runs), timelines(input), deadlocks(runs), reproduce(input)].filter(
      (section) => section.blocks.length > 0,
    ),
  };
}

function summary(runs: readonly RunInfo[]): Section {
  return {
    title: 'Summary',
    blocks: [
      { type: 'list', items: [...runs.map(runSentence), ...comparisonSentences(runs)] },
      { type: 'figure', figure: blocksFigure(runs) },
    ],
  };
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
