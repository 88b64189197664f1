import { processorFigures } from '#emulator/cpu/figures';
import type { Processor } from '#emulator/cpu/processor';
import { FastProcessor } from '#emulator/memory/fast-processor';
import type { ProcessorDocument } from '#model/processor';

/**
 * A processor after a document.
 * @param options.cores cores, 1 to 64.
 * @param options.frames page frames of memory; frame numbers in PTEs lie below it.
 * @throws InputError for a geometry or a size the model cannot hold.
 */
export function makeProcessor(document: ProcessorDocument, options: { cores: number; frames: number }): Processor {
  return new FastProcessor(processorFigures(document), options.cores, options.frames);
}
