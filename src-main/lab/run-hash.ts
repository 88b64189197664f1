import { createHash } from 'node:crypto';
import { EVENT_COLUMNS, type EventBatch } from '#model/events';
import type { RunOutcome, RunPlan } from '#model/plan';
import { canonicalJson } from '#model/validate';

/**
 * SHA-256, in hexadecimal, over what the emulator is given: the key under which a sweep knows that a
 * cell is done. Lists that a plan has already chosen from are left out.
 */
export function planHash(plan: RunPlan): string {
  const { machines: _m, kernels: _k, filesystems: _f, policies: _p, ...experiment } = plan.experiment;
  return createHash('sha256')
    .update(canonicalJson({ ...plan, experiment }))
    .digest('hex');
}

/**
 * The run's own hash: SHA-256 over the plan's hash, every byte of every event column, and the outcome.
 * Equal hashes mean that two runs are the same to the byte.
 */
export class RunHasher {
  private readonly hash;

  constructor(plan: string) {
    this.hash = createHash('sha256').update(plan);
  }

  /** Takes the batches in order, before they are transferred. */
  batch(batch: EventBatch): void {
    for (const column of EVENT_COLUMNS) {
      const values = batch[column];
      this.hash.update(new Uint8Array(values.buffer, values.byteOffset, batch.count * values.BYTES_PER_ELEMENT));
    }
  }

  /** The hash, in hexadecimal. No batch may follow. */
  finish(outcome: RunOutcome): string {
    return this.hash.update(canonicalJson(outcome)).digest('hex');
  }
}
