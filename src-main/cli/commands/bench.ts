import { cpus } from 'node:os';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { cpuClock } from '#cli/cpu-clock';
import { formatTable, printJson, printLine, tell } from '#cli/output';
import { knownDocuments } from '#cli/open-lab';
import { RESOURCES } from '#cli/resources';
import {
  BENCHMARKS,
  faultsPerSecond,
  runBench,
  type BenchmarkName,
  type BenchmarkResult,
  type FaultFigure,
  type FaultRun,
} from '#lab/bench';
import { openCachegrind } from '#lab/bench-cachegrind';
import type { Documents } from '#lab/documents';
import { planRuns } from '#lab/plans';
import { checkExperiment } from '#model/check-experiment';
import { InputError } from '#model/problem';

const PAGES = 65_536;
const STORE = { do: 'store', mapping: 'map', stride: '4 KiB' };
const LOAD = { do: 'load', mapping: 'map', stride: '4 KiB' };

/** Steps on a sparse file of 256 MiB, on a kernel whose folios are single pages: each page is a fault. Nothing is written back. */
function faultRun(documents: Documents, policy: string, steps: readonly object[], faults: number): FaultRun {
  const experiment = {
    format: 'faultline/experiment@1',
    name: 'bench: faults',
    seed: 1,
    machines: ['workstation-2005'],
    kernels: ['linux-2.6.11'],
    filesystems: ['ext2-4k'],
    policies: [policy],
    memory: '4 GiB',
    files: [{ name: 'sparse', size: '256 MiB' }],
    mappings: [{ name: 'map', file: 'sparse', sharing: 'shared', protection: 'read-write' }],
    threads: [{ name: 'main', steps }],
  };
  return { plan: planRuns(checkExperiment(experiment), documents)[0], faults };
}

/** Kinds of faults that are measured one by one beside `faults`. */
const FAULT_KINDS: readonly { name: string; policy: string; steps: readonly object[]; faults: number }[] = [
  { name: 'read faults, P5', policy: 'P5', steps: [LOAD], faults: PAGES },
  { name: 'first stores, P5', policy: 'P5', steps: [STORE], faults: PAGES },
  { name: 'read faults, then write-protect faults, P5', policy: 'P5', steps: [LOAD, STORE], faults: 2 * PAGES },
  { name: 'read faults, P1', policy: 'P1', steps: [LOAD], faults: PAGES },
  { name: 'first stores, P1', policy: 'P1', steps: [STORE], faults: PAGES },
];

export default defineCommand({
  meta: {
    name: 'bench',
    description:
      'Measure the emulator in million accesses a second, with cachegrind beside it where valgrind is installed',
  },
  args: {
    processor: {
      type: 'string',
      default: 'westmere-ep-2010',
      valueHint: 'ID',
      description: 'processor document to emulate',
    },
    only: { type: 'string', valueHint: 'NAMES', description: `some of ${BENCHMARKS.join(', ')}, with commas between` },
    cachegrind: { type: 'boolean', default: true, description: 'run cachegrind too (--no-cachegrind leaves it out)' },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  run({ args }) {
    const documents = knownDocuments();
    const names = args.only === undefined ? BENCHMARKS : parseNames(args.only);
    const cachegrind = args.cachegrind ? openCachegrind(join(RESOURCES, 'bench', 'accesses.c')) : null;
    try {
      const benchmarks = runBench({
        processor: documents.get('processor', args.processor),
        faults: faultRun(documents, 'native', [STORE], PAGES),
        clock: cpuClock,
        cachegrind,
        only: names,
        progress: (name, i, count) => tell(`${name} (${i + 1} of ${count})`),
      });
      const machine = {
        processor: cpus()[0]?.model ?? 'unknown',
        cores: cpus().length,
        node: process.version,
        emulated: args.processor,
      };
      const faults = names.includes('faults') ? faultFigures(documents, cpuClock) : [];
      if (args.json) {
        printJson({ machine, benchmarks, faults });
      } else {
        print(machine, benchmarks);
        printFaults(faults);
      }
    } finally {
      cachegrind?.close();
    }
  },
});

function faultFigures(documents: Documents, clock: () => number): FaultFigure[] {
  return FAULT_KINDS.map(({ name, policy, steps, faults }) => {
    tell(name);
    return { name, millionPerSecond: faultsPerSecond(faultRun(documents, policy, steps, faults), clock) };
  });
}

function printFaults(figures: readonly FaultFigure[]): void {
  if (figures.length === 0) return;
  printLine('');
  printLine('Faults by kind, million a second of CPU time:');
  const columns = [
    { title: 'faults', value: (f: FaultFigure) => f.name },
    { title: 'recording', value: (f: FaultFigure) => f.millionPerSecond.toFixed(2), align: 'right' as const },
  ];
  for (const line of formatTable(figures, columns)) printLine(line);
}

function parseNames(text: string): BenchmarkName[] {
  return text.split(',').map((name) => {
    const found = BENCHMARKS.find((known) => known === name.trim());
    if (found === undefined)
      throw new InputError({
        path: '--only',
        message: `there is no benchmark "${name}"`,
        expected: `some of ${BENCHMARKS.join(', ')}`,
      });
    return found;
  });
}

function print(
  machine: { processor: string; cores: number; node: string; emulated: string },
  benchmarks: readonly BenchmarkResult[],
): void {
  printLine(
    `${machine.processor}, ${machine.cores} cores, Node ${machine.node}; emulating ${machine.emulated}. Million accesses a second of CPU time:`,
  );
  const number = (value: number | undefined, digits = 1): string => (value === undefined ? '-' : value.toFixed(digits));
  const columns = [
    { title: 'benchmark', value: (b: BenchmarkResult) => b.name },
    {
      title: 'recording',
      value: (b: BenchmarkResult) => number(b.millionPerSecond, b.millionPerSecond < 1 ? 3 : 1),
      align: 'right' as const,
    },
    {
      title: 'not recording',
      value: (b: BenchmarkResult) => number(b.unrecordedMillionPerSecond),
      align: 'right' as const,
    },
    {
      title: 'cachegrind',
      value: (b: BenchmarkResult) =>
        number(b.cachegrindMillionPerSecond, (b.cachegrindMillionPerSecond ?? 1) < 1 ? 3 : 1),
      align: 'right' as const,
    },
    { title: 'ratio', value: (b: BenchmarkResult) => number(b.ratio), align: 'right' as const },
  ];
  for (const line of formatTable(benchmarks, columns)) printLine(line);
}
