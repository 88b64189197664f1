/**
 * A process to be killed: saves runs into the library named, one after another, and says each id once it is saved.
 * Arguments: library, number of the first run. Run n is sampleRun(`run n`) with {@link victimEvents}(n) events.
 */
import { writeSync } from 'node:fs';
import { Library } from '#store/library';
import { sampleBatches, sampleDocument, sampleRun } from './sample-run.ts';
import { victimEvents } from './victim-events.ts';

/** Runs saved at most. */
const MOST_RUNS = 1000;
const [, , path = '', first = '0'] = process.argv;
const library = Library.open(path);
writeSync(1, 'ready\n');
// Who is to kill it may be gone: it does not fill the disk.
const end = Number(first) + MOST_RUNS;
for (let n = Number(first); n < end; n++) {
  const { id } = library.saveRun(
    sampleRun(`run ${n}`),
    [sampleDocument('experiment', `{"run":${n}}`)],
    sampleBatches(victimEvents(n), n),
  );
  writeSync(1, `saved ${n} ${id}\n`);
}
