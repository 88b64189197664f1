import * as v from 'valibot';
import { waitForSchema } from './schemas.ts';

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What a list shows of a scenario that ships. */
export const scenarioListingSchema = v.object({
  id: text,
  title: text,
  description: text,
  source: text,
  frames: count,
  reserve: count,
  pagesPerBlock: count,
  threads: v.array(v.object({ stores: v.array(count) })),
});
export type ScenarioListing = v.InferOutput<typeof scenarioListingSchema>;

/** `SteppedExploration` of the explorer, with its policy in words. */
export const explorationSchema = v.object({
  policy: text,
  title: text,
  verdict: v.picklist(['ok', 'stuck', 'live', 'undecided']),
  neverFinishes: v.boolean(),
  states: count,
  transitions: count,
  stuck: count,
  doomed: count,
  livelocked: count,
  finals: count,
  truncated: v.boolean(),
  path: v.array(text),
  cycle: v.array(text),
  graphs: v.array(waitForSchema),
});
export type PolicyExploration = v.InferOutput<typeof explorationSchema>;
