import { describe, expect, it } from 'vitest';
import type { RunListing } from '#model/library';
import type { RunInfo } from '#model/run';
import { COLUMNS, describeRun } from '../../../src-renderer/library/columns.ts';
import { columnsFor } from '../../../src-renderer/library/metric-columns.ts';

const listing = (fields: Partial<RunListing>): RunListing =>
  ({ name: '', experiment: 'City', policy: 'P3', filesystem: 'plain', verdict: 'finished', tags: [], simulatedNs: 18_120, ...fields }) as unknown as RunListing; // prettier-ignore

describe('a row of the library', () => {
  it('is told apart by words, not by its id', () => {
    expect(describeRun(listing({}))).toBe('City, P3 on plain');
    expect(describeRun(listing({ name: 'memory 24 KiB, City', verdict: 'deadlock' }))).toBe(
      'memory 24 KiB, City, P3 on plain, deadlock',
    );
  });

  it('says on hovering what its time stands for', () => {
    const time = COLUMNS.find(({ field }) => field === 'simulatedNs');
    expect(time?.exact?.(listing({}))).toMatch(/ns$/);
    expect(time?.exact?.(listing({ verdict: 'livelock' }))).toMatch(/until it ended in livelock$/);
  });
});

describe('the columns of a result', () => {
  const run = (id: string, lostBytes: number, sigbus: number): RunInfo =>
    ({
      id,
      verdict: 'finished',
      metrics: {
        faults: { read: 0, write: 9, writeProtect: 0, sigbus },
        blocks: { instantiatedKiB: 0, neededKiB: 0, needlessKiB: 0 },
        pages: { dirtied: 0, storedTo: 0 },
        io: { requests: 0, writtenKiB: 0 },
        time: { simulatedNs: 0 },
        lostBytes,
      },
    }) as unknown as RunInfo;
  const clean = run('a', 0, 0);
  const labels = (runs: readonly RunInfo[], copies = new Map<string, number>()): string[] =>
    columnsFor(runs, copies).map(({ label }) => label);

  it('leave out what happens to none of the runs', () => {
    for (const label of ['SIGBUS', 'data lost', 'copied']) expect(labels([clean])).not.toContain(label);
    expect(labels([clean])).toContain('write-protect');
  });

  it('answer what the question was: who was told, what was lost, what was copied', () => {
    const full = run('b', 4096, 1);
    const all = columnsFor([clean, full], new Map([['b', 2560]]));
    const told = (label: string): string | undefined => {
      const column = all.find((one) => one.label === label);
      return column?.text(column.value(full)).replace(/[\u202f\u00a0]/g, ' ');
    };
    expect([told('SIGBUS'), told('data lost'), told('copied')]).toEqual(['1', '4 KiB', '2 560']);
  });
});
