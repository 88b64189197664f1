/**
 * A scenario of the explorer: a handful of frames, a block size, threads that store to pages. Small enough
 * that every interleaving can be tried. The file is all holes at the start.
 */
import * as v from 'valibot';
import { validate } from '#model/validate';

export const SCENARIO_FORMAT = 'faultline/scenario@1';

/**
 * Bounds of a scenario. A state is bytes: a page number, a count of frames and a thread's place in its
 * program each fit one. Far beyond what can be explored exhaustively anyhow.
 */
export const SCENARIO_BOUNDS = {
  frames: 250,
  pagesPerBlock: 64,
  threads: 7,
  stores: 250,
  page: 100_000,
  pages: 250,
} as const;

/** Messages say what would have been right: they follow "expected" in errors. */
function whole(minimum: number, maximum: number) {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(minimum, expected), v.maxValue(maximum, expected));
}
const text = v.pipe(v.string('a text'), v.trim(), v.nonEmpty('a text that is not empty'));

export const scenarioSchema = v.pipe(
  v.strictObject({
    format: v.literal(SCENARIO_FORMAT, `"${SCENARIO_FORMAT}"`),
    /** Short name, by which the command line knows it. */
    name: v.pipe(text, v.regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and hyphens')),
    title: text,
    description: v.optional(text),
    /** Where the scenario comes from. */
    source: v.optional(text),
    /** Page frames in all. */
    frames: whole(1, SCENARIO_BOUNDS.frames),
    /** Frames only reclaim may take: a fault gets one only while more than these are free. */
    reserve: whole(0, SCENARIO_BOUNDS.frames),
    /** Block size in pages: 4 is a 16 KiB block on 4 KiB pages. */
    pagesPerBlock: whole(1, SCENARIO_BOUNDS.pagesPerBlock),
    threads: v.pipe(
      v.array(
        v.strictObject({
          /** File pages stored to, in this order, one store each. */
          stores: v.pipe(
            v.array(whole(0, SCENARIO_BOUNDS.page), 'a list of page numbers'),
            v.maxLength(SCENARIO_BOUNDS.stores, `at most ${SCENARIO_BOUNDS.stores} stores`),
          ),
        }),
        'a list of threads',
      ),
      v.minLength(1, 'at least one thread'),
      v.maxLength(SCENARIO_BOUNDS.threads, `at most ${SCENARIO_BOUNDS.threads} threads`),
    ),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const scenario = dataset.value;
    if (scenario.reserve >= scenario.frames) {
      addIssue({
        received: String(scenario.reserve),
        message: `fewer than the ${scenario.frames} frames: faults need at least one outside the reserve`,
        path: [{ type: 'object', origin: 'value', input: scenario, key: 'reserve', value: scenario.reserve }],
      });
    }
    const pages = blocksTouched(scenario).length * scenario.pagesPerBlock;
    if (pages > SCENARIO_BOUNDS.pages) {
      addIssue({
        received: `${pages} pages`,
        message: `stores into blocks of at most ${SCENARIO_BOUNDS.pages} pages in all`,
        path: [{ type: 'object', origin: 'value', input: scenario, key: 'threads', value: scenario.threads }],
      });
    }
  }),
);
export type Scenario = v.InferOutput<typeof scenarioSchema>;

/** Numbers of the blocks some thread stores into, ascending. */
export function blocksTouched(scenario: {
  readonly pagesPerBlock: number;
  readonly threads: readonly { readonly stores: readonly number[] }[];
}): number[] {
  const blocks = new Set<number>();
  for (const thread of scenario.threads) {
    for (const page of thread.stores) blocks.add(Math.floor(page / scenario.pagesPerBlock));
  }
  return [...blocks].sort((a, b) => a - b);
}

/**
 * Checks a scenario document.
 * @param json the parsed JSON
 * @param file the name the user knows it by, for messages
 * @throws InputError naming the offending field
 */
export function parseScenario(json: unknown, file?: string): Scenario {
  return validate(scenarioSchema, json, file);
}
