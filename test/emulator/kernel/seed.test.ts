import { describe, expect, it } from 'vitest';
import { EventKind } from '#model/events';
import type { PolicyId } from '#model/policies';
import { experimentJson, planOf, run } from './plan.ts';

const question = experimentJson('2005-question');
function ask(policy: PolicyId, filesystem: string): ReturnType<typeof run> {
  return run(planOf(question, { kernel: 'linux-2.6.11', filesystem, policy }));
}

describe('the 2005 question: 4096 pages of hole are read, then every 16th is stored to', () => {
  it('P1 fills everything at the reads', () => {
    const { metrics } = ask('P1', 'plain-4k').outcome;
    expect(metrics.faults).toMatchObject({ read: 4096, write: 0, writeProtect: 0, sigbus: 0 });
    expect(metrics.blocks).toEqual({ instantiatedKiB: 16384, neededKiB: 1024, needlessKiB: 15360 });
    expect(metrics.pages).toEqual({ dirtied: 4096, storedTo: 256 });
  });

  it('P5 takes one trap a store and fills nothing needlessly', () => {
    const { metrics } = ask('P5', 'plain-4k').outcome;
    expect(metrics.faults).toMatchObject({ read: 4096, write: 0, writeProtect: 256, sigbus: 0 });
    expect(metrics.blocks).toEqual({ instantiatedKiB: 1024, neededKiB: 1024, needlessKiB: 0 });
  });

  it('P2 counts as P5 where a block is a page; tmpfs as P1, without I/O', () => {
    expect(ask('P2', 'plain-4k').outcome.metrics.blocks.instantiatedKiB).toBe(1024);
    const tmpfs = ask('tmpfs', 'tmpfs').outcome.metrics;
    expect(tmpfs.blocks.instantiatedKiB).toBe(16384);
    expect(tmpfs.faults).toMatchObject({ read: 4096, writeProtect: 0 });
    expect(tmpfs.io.requests).toBe(0);
  });

  it.each([
    ['plain-1k', 1024],
    ['plain-4k', 1024],
    ['plain-16k', 4096],
    ['plain-64k', 16384],
  ])('P5 on %s gives %i KiB', (filesystem, KiB) => {
    const { metrics } = ask('P5', filesystem).outcome;
    expect(metrics.blocks.instantiatedKiB).toBe(KiB);
    expect(metrics.pages.storedTo).toBe(256);
    expect(metrics.blocks.needlessKiB).toBe(metrics.blocks.instantiatedKiB - metrics.blocks.neededKiB);
  });

  it('gives the same events for the same plan', () => {
    const first = ask('P1', 'plain-16k');
    const second = ask('P1', 'plain-16k');
    expect(second.batches).toEqual(first.batches);
    expect(second.outcome).toEqual(first.outcome);
  });

  it('says of each fault in which step it came', () => {
    const [batch] = ask('P5', 'plain-4k').batches;
    for (let i = 0; i < batch.count; i++) {
      if (batch.kind[i] === EventKind.readFault) expect(batch.b[i]).toBe(0);
      if (batch.kind[i] === EventKind.writeProtectFault) expect(batch.b[i]).toBe(1);
    }
  });

  it('says what caused each block: a fault', () => {
    const { batches } = ask('P5', 'plain-4k');
    const [batch] = batches;
    let blocks = 0;
    for (let i = 0; i < batch.count; i++) {
      if (batch.kind[i] !== 13) continue;
      blocks++;
      expect(batch.kind[batch.cause[i]]).toBe(3);
    }
    expect(blocks).toBe(256);
  });
});
