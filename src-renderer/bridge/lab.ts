import type { Bridge } from '#ipc/bridge';
import type { Channel, Failure, Message, Request, Response, Topic } from '#ipc/contract';

declare global {
  interface Window {
    readonly faultline: Bridge;
  }
}

/** A channel answered with a failure. */
export class LabError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'LabError';
    this.failure = failure;
  }
}

/**
 * Asks the lab.
 * @throws LabError with what went wrong, for people
 */
export async function ask<C extends Channel>(channel: C, request: Request<C>): Promise<Response<C>> {
  const call = window.faultline.calls[channel] as (request: Request<C>) => Promise<unknown>;
  const answer = (await call(request)) as { ok: true; value: Response<C> } | { ok: false; failure: Failure };
  if (!answer.ok) throw new LabError(answer.failure);
  return answer.value;
}

/** Listens to what the lab tells unasked; returns how to stop. */
export function listen<T extends Topic>(topic: T, listener: (message: Message<T>) => void): () => void {
  const subscribe = window.faultline.topics[topic] as (listener: (message: Message<T>) => void) => () => void;
  return subscribe(listener);
}

/** Any thrown thing as a failure to show. */
export function failureOf(error: unknown): Failure {
  if (error instanceof LabError) return error.failure;
  if (error instanceof Error)
    return { reason: 'defect', message: error.message, details: error.stack ?? error.message };
  return { reason: 'defect', message: String(error) };
}
