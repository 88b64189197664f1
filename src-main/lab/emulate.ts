import type { Worker } from 'node:worker_threads';
import type { PauseSwitch } from '#lab/pause';
import type { EventBatch } from '#model/events';
import type { LiveFigures } from '#model/metrics';
import type { RunOutcome, RunPlan } from '#model/plan';
import { InputError } from '#model/problem';
import { CONTROL, CONTROL_BYTES, type EmulatorRequest, type EmulatorResponse } from '#workers/emulator-protocol';

/** How far one run is. `done` and `total` count accesses and system calls of the workload. */
export interface EmulationProgress {
  readonly done: number;
  readonly total: number;
  readonly live: LiveFigures;
}

export interface EmulationResult {
  readonly outcome: RunOutcome;
  readonly hash: string;
  readonly planHash: string;
}

/** The lab was asked to stop. Not a failure. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

/** The emulator broke: a defect of ours. `detail` is for the copyable report, not for the message. */
export class EmulatorFailure extends Error {
  readonly detail: string;

  constructor(message: string, detail: string) {
    super(message);
    this.name = 'EmulatorFailure';
    this.detail = detail;
  }
}

/**
 * Emulates one plan on a worker that runs nothing else.
 * @param onBatch stores a batch; the emulator waits for it when too many are on their way
 * @param pause lets the run stand still where it is, any number of times; what comes out is the same
 * @throws Cancelled, InputError, EmulatorFailure, or what `onBatch` throws
 */
export function emulate(
  worker: Worker,
  plan: RunPlan,
  handlers: { onBatch(batch: EventBatch): Promise<void> | void; onProgress(progress: EmulationProgress): void },
  signal?: AbortSignal,
  pause?: PauseSwitch,
): Promise<EmulationResult> {
  const control = new SharedArrayBuffer(CONTROL_BYTES);
  const cells = new Int32Array(control);
  return new Promise((resolve, reject) => {
    let stored: Promise<void> = Promise.resolve();
    let broken: unknown = null;

    const cancel = (): void => {
      Atomics.store(cells, CONTROL.cancel, 1);
      Atomics.notify(cells, CONTROL.outstanding);
    };
    const settle = (finish: () => void): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      signal?.removeEventListener('abort', cancel);
      finish();
    };
    const takeBatch = (batch: EventBatch): void => {
      stored = stored
        .then(() => (broken === null ? handlers.onBatch(batch) : undefined))
        .catch((error: unknown) => {
          broken ??= error;
          cancel();
        })
        .then(() => {
          Atomics.sub(cells, CONTROL.outstanding, 1);
          Atomics.notify(cells, CONTROL.outstanding);
        });
    };
    const onMessage = (message: EmulatorResponse): void => {
      switch (message.type) {
        case 'progress':
          handlers.onProgress(message);
          return;
        case 'batch':
          takeBatch(message.batch);
          return;
        case 'done':
          settle(() => void stored.then(() => (broken === null ? resolve(message) : reject(asError(broken)))));
          return;
        case 'cancelled':
          settle(() => void stored.then(() => reject(broken === null ? new Cancelled() : asError(broken))));
          return;
        case 'refused':
          settle(() => reject(new InputError(message.problem)));
          return;
        case 'failed':
          settle(() => reject(new EmulatorFailure(`the emulator failed: ${message.message}`, message.detail)));
          return;
      }
    };
    const onError = (error: Error): void =>
      settle(() => reject(new EmulatorFailure('the emulator thread failed', error.stack ?? error.message)));
    const onExit = (code: number): void =>
      settle(() => reject(new EmulatorFailure(`the emulator thread ended early (code ${code})`, '')));

    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted === true) cancel();
    const request: EmulatorRequest = pause === undefined ? { plan, control } : { plan, control, pause: pause.buffer };
    worker.postMessage(request);
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
