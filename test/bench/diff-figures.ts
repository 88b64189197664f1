/** Time to compare two runs of a million events: `node test/bench/diff-figures.ts`. Fetching them is not counted. */
import { joinBatches } from '#diff/columns';
import { diffRuns, type DiffInput } from '#diff/diff';
import { sampleBatches, sampleRun } from '../support/sample-run.ts';

const EVENTS = 1_000_000;
const inputs = [1, 2].map((seed): DiffInput => {
  const events = joinBatches([...sampleBatches(EVENTS, seed)]);
  const run = {
    ...sampleRun(`run ${seed}`),
    id: `run${seed}`,
    events: EVENTS,
    savedAt: '',
    name: '',
    notes: '',
    tags: [],
    starred: false,
  };
  return { run, documents: [], events, siblings: [] };
});
for (let round = 0; round < 4; round++) {
  const started = performance.now();
  const { events } = diffRuns(inputs);
  console.log(`diff of 2 x 1 M events: ${(performance.now() - started).toFixed(0)} ms ${JSON.stringify(events)}`);
}
