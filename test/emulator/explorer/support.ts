import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layoutOf } from '#emulator/explorer/layout';
import { POLICY_RULES } from '#emulator/explorer/policies';
import type { ExplorerPolicy } from '#emulator/explorer/policies';
import { explore } from '#emulator/explorer/state-graph';
import type { StateGraph } from '#emulator/explorer/state-graph';
import { Transitions } from '#emulator/explorer/transitions';
import { SCENARIO_FORMAT, parseScenario } from '#model/scenario';
import type { Scenario } from '#model/scenario';
import { repositoryRoot } from '../../support/shared.ts';

export function shippedScenario(name: string): Scenario {
  const file = join(repositoryRoot, 'resources', 'scenarios', `${name}.json`);
  return parseScenario(JSON.parse(readFileSync(file, 'utf8')), file);
}

/** A scenario in one line: frames, reserve, pages a block, stores of each thread. */
export function scenario(frames: number, reserve: number, pagesPerBlock: number, ...stores: number[][]): Scenario {
  return parseScenario({
    format: SCENARIO_FORMAT,
    name: 'test',
    title: 'test',
    frames,
    reserve,
    pagesPerBlock,
    threads: stores.map((list) => ({ stores: list })),
  });
}

/** Every state of a scenario under a policy, and the rules that made them. */
export function allStates(
  of: Scenario,
  policy: ExplorerPolicy,
  limit = 400_000,
): { transitions: Transitions; graph: StateGraph } {
  const transitions = new Transitions(layoutOf(of), POLICY_RULES[policy]);
  return { transitions, graph: explore(transitions, limit) };
}
