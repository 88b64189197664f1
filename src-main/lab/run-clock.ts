import { processorHz, processorSchema } from '#model/processor';
import { validate } from '#model/validate';
import type { StoreClient } from '#workers/store-client';

/**
 * The clock of the processor that a run was emulated on, Hz; null for a recording, whose documents do not tell it.
 * @throws InputError for a run that is not there
 */
export async function clockOf(library: Pick<StoreClient, 'documents'>, id: string): Promise<number | null> {
  const document = (await library.documents(id)).find(({ kind }) => kind === 'processor');
  return document === undefined ? null : processorHz(validate(processorSchema, JSON.parse(document.json)));
}
