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
  const byBlocks = [...runs].sort((x, y) => x.metrics.blocks.instantiatedKiB - y.metrics.blocks.instantiatedKiB);
  const least = byBlocks[0];
  const most = byBlocks.at(-1)!;
  const low = least.metrics.blocks.instantiatedKiB;
  const high = most.metrics.blocks.instantiatedKiB;
  if (low === high) sentences.push(`All runs allocated the same ${kib(low)}.`);
  else {
    const ratio = low > 0 ? `, ${Number((high / low).toPrecision(3))} times as much` : '';
    sentences.push(`${subject(most)} allocated ${kib(high)}${ratio}, where ${subject(least)} allocated ${kib(low)}.`);
  }
  const totals = runs.map(
    (run) => run.metrics.faults.read + run.metrics.faults.write + run.metrics.faults.writeProtect,
  );
  const fewest = Math.min(...totals);
  const greatest = Math.max(...totals);
  if (fewest !== greatest) {
    sentences.push(
      `Faults run from ${formatCount(fewest)} (${subject(runs[totals.indexOf(fewest)])}) to ${formatCount(greatest)} (${subject(runs[totals.indexOf(greatest)])}).`,
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
