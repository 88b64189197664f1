import { describe, expect, it } from 'vitest';
import { pageLifeOfEvent, type PageLifeSource } from '#lab/page-life';
import { EventKind } from '#model/events';
import { rowOf } from '#model/batch';
import { experimentJson, planOf, run } from '../emulator/kernel/plan.ts';

const { batches } = run(
  planOf(experimentJson('2005-question'), { kernel: 'linux-2.6.11', filesystem: 'plain-4k', policy: 'P5' }),
);
const source: PageLifeSource = {
  event: (_run, index) => {
    const batch = batches.findLast(({ first }) => first <= index)!;
    return Promise.resolve(rowOf(batch, index - batch.first));
  },
  extent: () => Promise.resolve({ events: 0, from: 0, to: 1e15 }),
  batchCount: () => Promise.resolve(batches.length),
  batch: (_run, number) => Promise.resolve(batches[number]),
};
const firstOf = (kind: EventKind): number => {
  const batch = batches.find((candidate) => candidate.kind.includes(kind))!;
  return batch.first + batch.kind.indexOf(kind);
};

describe('the page an event is about', () => {
  it('is told by the address of a fault', async () => {
    const life = await pageLifeOfEvent(source, 'r', firstOf(EventKind.writeProtectFault));
    expect(life).toMatchObject({ file: 0, page: 0, complete: true });
    expect(life!.addresses).toHaveLength(1);
    expect(life!.stretches.map(({ state }) => state)).toContain('trapped');
  });

  it('is the same page as that of a folio it dirtied', async () => {
    const fault = await pageLifeOfEvent(source, 'r', firstOf(EventKind.writeProtectFault));
    expect(await pageLifeOfEvent(source, 'r', firstOf(EventKind.folioDirtied))).toEqual(fault);
  });

  it('is none for a request of the disk', async () => {
    expect(await pageLifeOfEvent(source, 'r', firstOf(EventKind.io))).toBeNull();
  });
});
