/** A lab for tests of the window's logic: channels answered by functions, and a window that has what stores look for. */
import { createPinia, setActivePinia } from 'pinia';
import { vi } from 'vitest';
import type { Channel, Request, Response } from '#ipc/contract';

export type Answers = { readonly [C in Channel]?: (request: Request<C>) => Response<C> | Promise<Response<C>> };

export interface LabStub {
  /** Requests so far, oldest first. */
  readonly asked: readonly { readonly channel: string; readonly request: unknown }[];
  /** What the window keeps over a restart. */
  readonly kept: Map<string, string>;
  tell(topic: string, message?: unknown): void;
}

/** Puts the stub in place of the window, with stores that know nothing yet. A channel without an answer fails. */
export function stubLab(answers: Answers): LabStub {
  const asked: { channel: string; request: unknown }[] = [];
  const listeners = new Map<string, ((message: unknown) => void)[]>();
  const kept = new Map<string, string>();
  const answer = async (channel: string, request: unknown): Promise<unknown> => {
    asked.push({ channel, request });
    const find = (answers as Readonly<Record<string, ((request: unknown) => unknown) | undefined>>)[channel];
    if (find === undefined) return { ok: false, failure: { reason: 'defect', message: `${channel} is not answered` } };
    try {
      return { ok: true, value: await find(request) };
    } catch (error) {
      return { ok: false, failure: { reason: 'input', message: (error as Error).message } };
    }
  };
  const calls = new Proxy({}, { get: (_, channel: string) => (request: unknown) => answer(channel, request) });
  const topics = new Proxy(
    {},
    {
      get: (_, topic: string) => (listener: (message: unknown) => void) => {
        listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
        return () => undefined;
      },
    },
  );
  const query = { matches: false, addEventListener: () => undefined, removeEventListener: () => undefined };
  vi.stubGlobal('window', { faultline: { calls, topics, pathOf: () => '' }, matchMedia: () => query });
  vi.stubGlobal('document', { documentElement: { dataset: {} } });
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
  setActivePinia(createPinia());
  return { asked, kept, tell: (topic, message) => listeners.get(topic)?.forEach((listener) => listener(message)) };
}
