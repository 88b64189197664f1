/** The use case behind `faultline explore`: a scenario, some policies, and what every interleaving comes to. */
import { readFileSync } from 'node:fs';
import { DEFAULT_STATE_LIMIT, explorePolicy } from '#emulator/explorer/explorer';
import type { Exploration } from '#emulator/explorer/explorer';
import { EXPLORER_POLICIES } from '#emulator/explorer/policies';
import type { ExplorerPolicy } from '#emulator/explorer/policies';
import type { Documents } from '#lab/documents';
import { InputError } from '#model/problem';
import { parseScenario } from '#model/scenario';
import type { Scenario } from '#model/scenario';
import { parseJson } from '#model/validate';

/** States a user may ask for at most: at some 100-350 bytes a state, all told, 0.5-2 GB. */
export const MAX_STATE_LIMIT = 5_000_000;

export interface ExploreReport {
  /** The scenario's name. */
  readonly scenario: string;
  readonly title: string;
  /** The limit of states each policy was explored with. */
  readonly limit: number;
  readonly results: readonly Exploration[];
}

/**
 * A scenario by name, or read from a file: what ends in `.json` or holds a slash is a file.
 * @throws InputError when it is not there or not a scenario
 */
export function openScenario(documents: Documents, reference: string): Scenario {
  if (!reference.endsWith('.json') && !/[\\/]/.test(reference)) {
    return documents.get('scenario', reference.toLowerCase());
  }
  let text: string;
  try {
    text = readFileSync(reference, 'utf8');
  } catch {
    throw new InputError({ file: reference, message: 'cannot be read', expected: 'a scenario document, or its name' });
  }
  return parseScenario(parseJson(text, reference), reference);
}

/**
 * The policies a user names, all of them by default.
 * @throws InputError for a name that is none
 */
export function choosePolicies(name: string | undefined): readonly ExplorerPolicy[] {
  if (name === undefined) return EXPLORER_POLICIES;
  const policy = EXPLORER_POLICIES.find((each) => each.toLowerCase() === name.toLowerCase());
  if (policy !== undefined) return [policy];
  throw new InputError({
    message: `the explorer knows no policy "${name}"`,
    expected: `one of ${EXPLORER_POLICIES.join(', ')}`,
  });
}

/**
 * A limit of states as a user writes it.
 * @throws InputError
 */
export function parseLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_STATE_LIMIT;
  const limit = Number(text.replaceAll('_', ''));
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_STATE_LIMIT) return limit;
  throw new InputError({
    path: 'limit',
    message: `got "${text}"`,
    expected: `a whole number from 1 to ${MAX_STATE_LIMIT}`,
  });
}

/** Explores a scenario under each policy in turn. */
export function exploreScenario(scenario: Scenario, policies: readonly ExplorerPolicy[], limit: number): ExploreReport {
  const results = policies.map((policy) => explorePolicy(scenario, policy, limit));
  return { scenario: scenario.name, title: scenario.title, limit, results };
}

/** The verdict as a person would say it: `stuck, never finishes`. */
export function verdictInWords(result: Exploration): string {
  const words = result.verdict === 'undecided' ? 'undecided: limit reached' : result.verdict;
  return result.neverFinishes ? `${words}, never finishes` : words;
}
