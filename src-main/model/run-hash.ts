import { EVENT_COLUMNS, type EventBatch } from '#model/events';
import type { RunOutcome, RunPlan } from '#model/plan';
import { canonicalJson } from '#model/validate';

/** A SHA-256 under way: what Node's `createHash` gives. */
export interface Digest {
  update(data: string | Uint8Array): Digest;
  digest(encoding: 'hex'): string;
}

/**
 * SHA-256, in hexadecimal, over what the emulator is given: the key under which a sweep knows that a
 * cell is done. Lists that a plan has already chosen from are left out.
 */
export function planHash(plan: RunPlan, sha256: Digest): string {
  const { machines: _m, kernels: _k, filesystems: _f, policies: _p, ...experiment } = plan.experiment;
  return sha256.update(canonicalJson({ ...plan, experiment })).digest('hex');
}

/**
 * The run's own hash: SHA-256 over the plan's hash, every byte of every event column, and the outcome.
 * Equal hashes mean that two runs are the same to the byte.
 */
export class RunHasher {
  private readonly sha256: Digest;

  constructor(plan: string, sha256: Digest) {
    this.sha256 = sha256.update(plan);
  }

  /** Takes the batches in order, before they are transferred. */
  batch(batch: EventBatch): void {
    for (const column of EVENT_COLUMNS) {
      const values = batch[column];
      this.sha256.update(new Uint8Array(values.buffer, values.byteOffset, batch.count * values.BYTES_PER_ELEMENT));
    }
  }

  /** The hash, in hexadecimal. No batch may follow. */
  finish(outcome: RunOutcome): string {
    return this.sha256.update(canonicalJson(outcome)).digest('hex');
  }
}
