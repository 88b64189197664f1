import type { RunInfo } from '#model/run';
import { formatCount, formatTime } from '#model/units';

/** What happened, a sentence a run, made from its metrics alone. */
export function runSentence(run: RunInfo): string {
  const { faults, blocks, pages } = run.metrics;
  const taken = faults.read + faults.write + faults.writeProtect;
  const parts = [
    `${subject(run)} took ${count(taken, 'fault')} (${formatCount(faults.read)} read, ${formatCount(faults.write)} write, ${formatCount(faults.writeProtect)} write-protect)`,
    `and allocated ${kib(blocks.instantiatedKiB)} for ${count(pages.storedTo, 'page')} stored to`,
  ];
  const needless = blocks.needlessKiB > 0 ? `: ${kib(blocks.needlessKiB)} were never stored to` : '';
  return `${parts.join(' ')}${needless}.${ending(run)}`;
}

/** What the run asked of the disk and how its time went, in a sentence. */
export function timeSentence(run: RunInfo): string {
  const { io, time } = run.metrics;
  const all = Object.values(time.byCauseNs).reduce((sum, ns) => sum + ns, 0);
  const [cause, most] = Object.entries(time.byCauseNs).reduce<readonly [string, number]>(
    (best, entry) => (entry[1] > best[1] ? entry : best),
    ['', 0],
  );
  const share =
    all > 0
      ? `, ${Math.round((most / all) * 100)} % of its core time ${CAUSE_WORDS[cause] ?? `on ${words(cause)}`}`
      : '';
  const disk =
    io.requests === 0
      ? 'It asked nothing of the disk'
      : `${count(io.requests, 'I/O request')} moved ${kib(io.readKiB)} from the disk and ${kib(io.writtenKiB)} to it`;
  return `${disk}; it took ${formatTime(time.simulatedNs * 1e3)} of simulated time${share}.`;
}

/** What sets the runs apart: least and most allocated, fewest and most faults. */
export function comparisonSentences(runs: readonly RunInfo[]): string[] {
  if (runs.length < 2) return [];
  const sentences: string[] = [];
  const blocks = runs.map((run) => run.metrics.blocks.instantiatedKiB);
  const low = Math.min(...blocks);
  const high = Math.max(...blocks);
  const having = (values: readonly number[], value: number): string =>
    listOf(runs.filter((_, i) => values[i] === value).map(subject));
  if (low === high) sentences.push(`All runs allocated the same ${kib(low)}.`);
  else {
    const ratio = low > 0 ? `, ${Number((high / low).toPrecision(3))} times as much` : '';
    sentences.push(
      `${having(blocks, high)} allocated ${kib(high)}${ratio}, where ${having(blocks, low)} allocated ${kib(low)}.`,
    );
  }
  const totals = runs.map(({ metrics: { faults } }) => faults.read + faults.write + faults.writeProtect);
  const fewest = Math.min(...totals);
  const greatest = Math.max(...totals);
  if (fewest !== greatest) {
    sentences.push(
      `Faults run from ${formatCount(fewest)} (${having(totals, fewest)}) to ${formatCount(greatest)} (${having(totals, greatest)}).`,
    );
  }
  return sentences;
}

/** The run by what tells it from the others: policy and file system, unless it was given a label. */
export function subject(run: RunInfo & { readonly label?: string }): string {
  return run.label ?? `${run.policy} on ${run.filesystem}`;
}

/** Several runs with a label each: as little as tells them apart. */
export function labelled(runs: readonly RunInfo[]): readonly RunInfo[] {
  if (runs.length < 2) return runs;
  const policies = new Set(runs.map((run) => run.policy));
  const filesystems = new Set(runs.map((run) => run.filesystem));
  if (policies.size === runs.length && filesystems.size === 1)
    return runs.map((run) => ({ ...run, label: run.policy }));
  const names = runs.map(subject);
  if (new Set(names).size === names.length) return runs;
  const telling = (['machine', 'kernel', 'experiment', 'seed', 'engineVersion'] as const).filter(
    (field) => new Set(runs.map((run) => run[field])).size > 1,
  );
  const full = runs.map((run, i) =>
    [names[i], ...telling.map((field) => (field === 'seed' ? `seed ${run.seed}` : run[field]))].join(', '),
  );
  return runs.map((run, i) => {
    const label = full.filter((name) => name === full[i]).length > 1 ? `${full[i]} (${run.hash.slice(0, 8)})` : full[i];
    return { ...run, label };
  });
}

function ending(run: RunInfo): string {
  const lost = run.metrics.lostBytes > 0 ? ` ${formatCount(run.metrics.lostBytes)} stored bytes were lost.` : '';
  if (run.verdict === 'deadlock') return `${lost} It ended in a deadlock.`;
  if (run.verdict === 'livelock') return `${lost} It ended in a livelock.`;
  if (run.verdict === 'out of memory') return `${lost} It ran out of memory before its end.`;
  return lost;
}

/** `16 384 KiB`. */
export function kib(value: number): string {
  return `${formatCount(value)} KiB`;
}

/** `1 fault`, `2 faults`. */
export function count(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listOf(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** `coreToCore` as `core to core`. */
export function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** What a core's time went into, as the end of "83 % of its core time ...". */
const CAUSE_WORDS: Readonly<Record<string, string>> = {
  wait: 'waiting',
  idle: 'idle',
  execute: 'executing the program',
  memory: 'waiting for memory',
  handler: 'in the fault handler',
  faultEntry: 'entering and leaving faults',
  filesystem: 'in the file system',
  zeroing: 'zeroing pages',
  reclaim: 'in reclaim',
  syscall: 'in system calls',
};
