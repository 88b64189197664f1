/**
 * A process that uses a library under hard conditions and says, as one line of JSON, what came of it.
 * Arguments: library, 'save' (one run after another until one fails) or 'list'.
 */
import { writeSync } from 'node:fs';
import { StoreFailure } from '#store/failures';
import { Library } from '#store/library';
import { sampleBatches, sampleRun } from './sample-run.ts';

const [, , path = '', action = 'list'] = process.argv;
const saved: string[] = [];
let failure: { trouble: string; message: string } | null = null;
try {
  const library = Library.open(path);
  if (action === 'list') for (const { id } of library.listRuns().runs) saved.push(id);
  else for (let n = 0; n < 60; n++) saved.push(library.saveRun(sampleRun(`run ${n}`), [], sampleBatches(20_000, n)).id);
  library.close();
} catch (error) {
  if (!(error instanceof StoreFailure)) throw error;
  failure = { trouble: error.trouble, message: error.message };
}
writeSync(1, `${JSON.stringify({ saved, failure })}\n`);
