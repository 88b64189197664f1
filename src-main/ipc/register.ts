import * as v from 'valibot';
import { InputError } from '#model/problem';
import {
  CHANNELS,
  contract,
  type Answer,
  type Channel,
  type Failure,
  type Request,
  type Response,
} from './contract.ts';
import { problemSchema } from './schemas.ts';
import { isOwnFrame, type SenderFrame } from './sender.ts';

/** What of Electron's `ipcMain` registration uses. */
export interface IpcMainLike {
  handle(channel: string, listener: (event: IpcEvent, request: unknown) => Promise<unknown>): void;
}
export interface IpcEvent {
  readonly senderFrame: SenderFrame | null;
  readonly sender: MessageTarget;
}
/** What of Electron's `WebContents` the handlers use. */
export interface MessageTarget {
  isDestroyed(): boolean;
  send(topic: string, message: unknown): void;
}

export type Handler<C extends Channel> = (
  request: Request<C>,
  sender: MessageTarget,
) => Response<C> | Promise<Response<C>>;
export type Handlers = { readonly [C in Channel]: Handler<C> };

/** Answers every channel of the contract; a channel without a handler is a compile error. */
export function registerHandlers(ipcMain: IpcMainLike, handlers: Handlers): void {
  for (const channel of CHANNELS) {
    ipcMain.handle(channel, (event, request) => answer(channel, handlers[channel] as Handler<Channel>, event, request));
  }
}

async function answer(
  channel: Channel,
  handler: Handler<Channel>,
  event: IpcEvent,
  request: unknown,
): Promise<Answer<Channel>> {
  if (!isOwnFrame(event.senderFrame)) return fail({ reason: 'refused', message: 'This page may not use the lab.' });
  const { request: requestSchema, response: responseSchema } = contract[channel];
  const asked = v.safeParse(requestSchema, request);
  if (!asked.success) return fail({ reason: 'refused', message: issuesOf(channel, 'request', asked.issues) });
  try {
    const value = await handler(asked.output, event.sender);
    const answered = v.safeParse(responseSchema, value);
    if (!answered.success) return fail({ reason: 'defect', message: issuesOf(channel, 'answer', answered.issues) });
    return { ok: true, value: answered.output };
  } catch (error) {
    return fail(toFailure(error));
  }
}

function fail(failure: Failure): { ok: false; failure: Failure } {
  return { ok: false, failure };
}

function issuesOf(channel: Channel, what: string, issues: readonly v.BaseIssue<unknown>[]): string {
  const first = issues[0];
  const path = first === undefined ? '' : (v.getDotPath(first) ?? '');
  return `${what} of ${channel}${path === '' ? '' : ` at ${path}`}: ${first?.message ?? 'has not its schema'}`;
}

/** Any thrown thing as data. Stack traces go into `details`, never into the message. */
export function toFailure(error: unknown): Failure {
  if (error instanceof InputError) return { reason: 'input', message: error.message, problem: error.problem };
  if (error instanceof Error) {
    // The library's own troubles (full, locked, damaged) carry a problem too, and are no defects.
    const problem = v.safeParse(problemSchema, (error as Error & { problem?: unknown }).problem);
    if (problem.success) return { reason: 'input', message: error.message, problem: problem.output };
    if (error.name === 'AbortError' || error.name === 'Cancelled')
      return { reason: 'cancelled', message: 'Cancelled.' };
    return { reason: 'defect', message: error.message, details: error.stack ?? error.message };
  }
  return { reason: 'defect', message: String(error) };
}
