import type { RunInfo } from '#model/run';
import { formatCount } from '#model/units';

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

/** The run by what tells it from the others: policy and file system. */
export function subject(run: RunInfo): string {
  return `${run.policy} on ${run.filesystem}`;
}

function ending(run: RunInfo): string {
  const lost = run.metrics.lostBytes > 0 ? ` ${formatCount(run.metrics.lostBytes)} stored bytes were lost.` : '';
  if (run.verdict === 'deadlock') return `${lost} It ended in a deadlock.`;
  if (run.verdict === 'livelock') return `${lost} It ended in a livelock.`;
  if (run.verdict === 'killed') return `${lost} The program was killed by SIGBUS.`;
  return lost;
}

function kib(value: number): string {
  return `${formatCount(value)} KiB`;
}

function count(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`. */
function listOf(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
