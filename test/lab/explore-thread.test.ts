import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { explorePolicy } from '#emulator/explorer/explorer';
import { EXPLORER_POLICIES } from '#emulator/explorer/policies';
import { Documents } from '#lab/documents';
import { exploreOnThread } from '#lab/explore-thread';
import { findKnot } from '#model/wait-for';
import { repositoryRoot } from '../support/shared.ts';

const documents = new Documents(join(repositoryRoot, 'resources'));
const makeWorker = (): Worker => new Worker(join(repositoryRoot, 'src-main', 'workers', 'explorer.ts'));

describe('exploring on a thread', () => {
  const scenario = documents.get('scenario', 's1');

  it('comes to what exploring here comes to, with the graph at every step of the path', async () => {
    const told: string[] = [];
    const onPolicy = (policy: string): number => told.push(policy);
    const [p3, p5] = await exploreOnThread(makeWorker, scenario, ['P3', 'P5-folio'], 100_000, { onPolicy });
    expect(told).toEqual(['P3', 'P5-folio']);
    const { graphs, ...exploration } = p3;
    expect(exploration).toEqual(explorePolicy(scenario, 'P3', 100_000));
    expect(graphs).toHaveLength(exploration.path.length + 1);
    expect(graphs[0].edges).toEqual([]);
    expect(graphs.at(-1)).toEqual(exploration.graph);
    expect(graphs.map(({ nodes, edges }) => findKnot(nodes, edges).length > 0).at(-1)).toBe(true);
    expect(p5).toMatchObject({ verdict: 'ok', graphs: [] });
  });

  it('ends in the middle when it is cancelled', async () => {
    const stop = new AbortController();
    // Of seven policies the second has begun: most of a million states are left, however fast the machine is.
    const work = exploreOnThread(makeWorker, documents.get('scenario', 's2'), EXPLORER_POLICIES, 400_000, {
      signal: stop.signal,
      onPolicy: (_policy, place) => {
        if (place === 1) setTimeout(() => stop.abort(), 10);
      },
    });
    await expect(work).rejects.toThrow('cancelled');
  });
});
