import type { Worker } from 'node:worker_threads';
import { EXPLORER_POLICIES, POLICY_RULES } from '#emulator/explorer/policies';
import type { Documents } from '#lab/documents';
import { exploreOnThread } from '#lab/explore-thread';
import type { Scenario } from '#model/scenario';
import type { PolicyExploration, ScenarioListing } from './explore-schemas.ts';

/** The scenarios that ship. */
export function scenarioListings(documents: Documents): ScenarioListing[] {
  return documents.ids('scenario').map((id) => {
    const { title, description, source, frames, reserve, pagesPerBlock, threads } = documents.get('scenario', id);
    return {
      id,
      title,
      description: description ?? '',
      source: source ?? '',
      frames,
      reserve,
      pagesPerBlock,
      threads: threads.map(({ stores }) => ({ stores })),
    };
  });
}

/** Explores a scenario under every policy, with what a window shows of it. */
export async function explored(
  scenario: Scenario,
  limit: number,
  options: {
    readonly makeWorker: () => Worker;
    readonly signal: AbortSignal;
    onPolicy(policy: string, place: number): void;
  },
): Promise<PolicyExploration[]> {
  const { makeWorker, ...rest } = options;
  const results = await exploreOnThread(makeWorker, scenario, EXPLORER_POLICIES, limit, rest);
  return results.map(({ graph: _, path, cycle, graphs, ...result }) => ({
    ...result,
    title: POLICY_RULES[result.policy].title,
    path: [...path],
    cycle: [...cycle],
    graphs: graphs.map(({ nodes, edges, knot, verdict }) => ({
      nodes: [...nodes],
      edges: [...edges],
      knot: [...knot],
      verdict,
    })),
  }));
}
