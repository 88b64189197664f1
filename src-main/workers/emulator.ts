/** Thread entry: emulates the plans it is sent, one after another, and streams their events back. */
import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { RunHasher, planHash } from '#model/run-hash';
import { simulate } from '#emulator/simulation';
import { buffersOf } from '#model/batch';
import type { EventBatch } from '#model/events';
import { InputError } from '#model/problem';
import { CONTROL, MAX_OUTSTANDING, type EmulatorRequest, type EmulatorResponse } from '#workers/emulator-protocol';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

/** Progress is told at most this often. */
const PROGRESS_INTERVAL_MS = 50;

/** How often a paused run looks whether it was cancelled. */
const PAUSE_LOOK_MS = 100;

function send(message: EmulatorResponse): void {
  port!.postMessage(message);
}

function sendBatch(batch: EventBatch): void {
  port!.postMessage({ type: 'batch', batch } satisfies EmulatorResponse, buffersOf(batch));
}

port.on('message', ({ plan, control, pause }: EmulatorRequest) => {
  const cells = new Int32Array(control);
  const paused = pause === undefined ? null : new Int32Array(pause);
  const isCancelled = (): boolean => Atomics.load(cells, CONTROL.cancel) === 1;
  /** Stands still while paused; a cancel gets through. */
  const waitWhilePaused = (): void => {
    if (paused === null) return;
    while (Atomics.load(paused, 0) === 1 && !isCancelled()) Atomics.wait(paused, 0, 1, PAUSE_LOOK_MS);
  };
  const plansHash = planHash(plan, createHash('sha256'));
  const hasher = new RunHasher(plansHash, createHash('sha256'));
  let lastTold = 0;
  try {
    const outcome = simulate(
      plan,
      {
        batch(batch) {
          waitWhilePaused();
          for (;;) {
            const outstanding = Atomics.load(cells, CONTROL.outstanding);
            if (outstanding < MAX_OUTSTANDING || isCancelled()) break;
            Atomics.wait(cells, CONTROL.outstanding, outstanding, 100);
          }
          Atomics.add(cells, CONTROL.outstanding, 1);
          hasher.batch(batch);
          sendBatch(batch);
        },
        progress(done, total, live) {
          waitWhilePaused();
          const now = performance.now();
          if (now - lastTold < PROGRESS_INTERVAL_MS) return;
          lastTold = now;
          send({ type: 'progress', done, total, live: live() });
        },
      },
      {
        cancelled: () => {
          waitWhilePaused();
          return isCancelled();
        },
      },
    );
    if (outcome.verdict === 'cancelled') send({ type: 'cancelled' });
    else send({ type: 'done', outcome, hash: hasher.finish(outcome), planHash: plansHash });
  } catch (error) {
    if (error instanceof InputError) send({ type: 'refused', problem: error.problem });
    else
      send({
        type: 'failed',
        message: error instanceof Error ? error.message : String(error),
        detail: error instanceof Error ? (error.stack ?? '') : '',
      });
  }
});
