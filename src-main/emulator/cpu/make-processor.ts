import type { Processor } from '#emulator/cpu/processor';
import type { ProcessorDocument } from '#model/processor';
import { ReferenceProcessor } from '../memory/reference/reference.ts';

/**
 * A processor after a document.
 * @param options.cores cores, from 1.
 * @param options.frames page frames of memory; frame numbers in PTEs lie below it.
 * @throws InputError for a geometry the model cannot hold.
 */
export function makeProcessor(document: ProcessorDocument, options: { cores: number; frames: number }): Processor {
  return new ReferenceProcessor(document, options);
}
