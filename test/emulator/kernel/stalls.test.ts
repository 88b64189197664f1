import { describe, expect, it } from 'vitest';
import { rowOf } from '#model/batch';
import { AWAITED, EventKind, LOCKS } from '#model/events';
import type { EventRow } from '#model/tile';
import { handlerSteps } from '#stream/handler-steps';
import { experimentJson, planOf, run, type Ran } from './plan.ts';

const FAULTS: readonly number[] = [EventKind.readFault, EventKind.writeFault, EventKind.writeProtectFault];
const rowsOf = ({ batches }: Ran): EventRow[] =>
  batches.flatMap((batch) => Array.from({ length: batch.count }, (_, i) => rowOf(batch, i)));
const ran = (experiment: string, choice: Parameters<typeof planOf>[1]): Ran & { rows: EventRow[] } => {
  const result = run(planOf(experimentJson(experiment), choice));
  return { ...result, rows: rowsOf(result) };
};

describe('what holds a thread up lies in its own lane', () => {
  it('direct reclaim, and waits for I/O', () => {
    const { rows, outcome } = ran('deadlock-city', { kernel: 'linux-2.6.11', filesystem: 'plain-16k', policy: 'P5' });
    for (const kind of [EventKind.directReclaim, EventKind.ioWait]) {
      const stalls = rows.filter((row) => row.kind === kind);
      expect(stalls.length).toBeGreaterThan(0);
      for (const stall of stalls) {
        expect(outcome.lanes[stall.lane].group).toBe('thread');
        expect(outcome.lanes.filter(({ group }) => group === 'thread')[stall.a]).toBe(outcome.lanes[stall.lane]);
      }
    }
  });

  it('a wait for the read of a page is one for I/O, as long as the disk takes, and caused by the fault', () => {
    const { rows } = ran('database-random-update', { kernel: 'linux-6.18', filesystem: 'ext4-4k' });
    const reads = rows.filter(({ kind, b }) => kind === EventKind.ioWait && AWAITED[b] === 'the read of the page');
    expect(reads.length).toBeGreaterThan(1000);
    expect(reads.every(({ cause }) => FAULTS.includes(rows[cause].kind))).toBe(true);
    // The disk of the test takes 100 us for each request.
    expect(reads.filter(({ duration }) => duration >= 99e6).length).toBeGreaterThan(reads.length * 0.9);
    expect(rows.some(({ kind, b, c }) => kind === EventKind.lockWait && LOCKS[b] === 'folio lock' && c < 0)).toBe(
      false,
    );
  });

  it('only waits of threads are told, and no wait says a page that it is not for', () => {
    const { rows, outcome } = ran('2005-question', { kernel: 'linux-2.6.11', filesystem: 'plain-4k', policy: 'P5' });
    const waits = rows.filter(({ kind }) => kind === EventKind.ioWait);
    expect(waits.length).toBeGreaterThan(0);
    expect(waits.every(({ lane }) => outcome.lanes[lane].group === 'thread')).toBe(true);
    expect(waits.filter(({ b }) => AWAITED[b] === 'the disk').every(({ address }) => address === -1)).toBe(true);
  });
});

describe('the steps of a handler', () => {
  it.each([
    ['2005-question', { kernel: 'linux-2.6.11', filesystem: 'plain-4k', policy: 'P5' }],
    ['2005-question-today', { kernel: 'linux-6.18', filesystem: 'xfs-4k' }],
    ['fork-copy-on-write', { kernel: 'linux-6.18', filesystem: 'ext4-4k' }],
  ] as const)('of %s cover each fault from its start to its end', (experiment, choice) => {
    const { rows } = ran(experiment, choice);
    const effects = new Map<number, EventRow[]>();
    for (const row of rows) {
      const known = effects.get(row.cause);
      if (known === undefined) effects.set(row.cause, [row]);
      else known.push(row);
    }
    for (const fault of rows.filter(({ kind }) => FAULTS.includes(kind))) {
      let at = fault.time;
      for (const step of handlerSteps(fault, effects.get(fault.index) ?? [])) {
        expect(step.time).toBe(at);
        expect(step.duration).toBeGreaterThan(0);
        at += step.duration;
      }
      expect(at).toBe(fault.time + fault.duration);
    }
  });

  it('of a write-protect fault that allocates are what the file system says it takes', () => {
    const { rows } = ran('2005-question', { kernel: 'linux-2.6.11', filesystem: 'plain-4k', policy: 'P5' });
    const fault = rows.find(({ kind }) => kind === EventKind.writeProtectFault)!;
    const steps = handlerSteps(
      fault,
      rows.filter(({ cause }) => cause === fault.index),
    );
    expect(steps.map(({ kind, work }) => work ?? kind)).toEqual([
      'entry',
      EventKind.blocksInstantiated,
      EventKind.folioDirtied,
      'exit',
    ]);
  });
});
