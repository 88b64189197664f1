import { cpus } from 'node:os';
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { formatTable, printJson, printLine, tell } from '#cli/output';
import { RESOURCES, shippedDocuments } from '#cli/resources';
import { BENCHMARKS, runBench, type BenchmarkName, type BenchmarkResult } from '#lab/bench';
import { openCachegrind } from '#lab/bench-cachegrind';
import { planRuns } from '#lab/plans';
import { checkExperiment } from '#model/check-experiment';
import { InputError } from '#model/problem';

const PAGES = 16_384;
/** One store into each page of a sparse file of 64 MiB, on a kernel whose folios are single pages: each is a fault. */
const FAULTS = {
  format: 'faultline/experiment@1',
  name: 'bench: first stores',
  seed: 1,
  machines: ['workstation-2005'],
  kernels: ['linux-2.6.11'],
  filesystems: ['ext2-4k'],
  policies: ['native'],
  memory: '1 GiB',
  files: [{ name: 'sparse', size: '64 MiB' }],
  mappings: [{ name: 'map', file: 'sparse', sharing: 'shared', protection: 'read-write' }],
  threads: [{ name: 'main', steps: [{ do: 'store', mapping: 'map', stride: '4 KiB' }] }],
};

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
    const documents = shippedDocuments();
    const clock = (): number => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    };
    const plan = planRuns(checkExperiment(FAULTS), documents)[0];
    const cachegrind = args.cachegrind ? openCachegrind(join(RESOURCES, 'bench', 'accesses.c')) : null;
    try {
      const benchmarks = runBench({
        processor: documents.get('processor', args.processor),
        faults: { plan, pages: PAGES },
        clock,
        cachegrind,
        ...(args.only === undefined ? {} : { only: parseNames(args.only) }),
        progress: (name, i, count) => tell(`${name} (${i + 1} of ${count})`),
      });
      const machine = {
        processor: cpus()[0]?.model ?? 'unknown',
        cores: cpus().length,
        node: process.version,
        emulated: args.processor,
      };
      if (args.json) printJson({ machine, benchmarks });
      else print(machine, benchmarks);
    } finally {
      cachegrind?.close();
    }
  },
});

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
