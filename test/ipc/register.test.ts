import { describe, expect, it } from 'vitest';
import { CHANNELS, contract, type Channel } from '#ipc/contract';
import { Operations } from '#ipc/operations';
import { registerHandlers, toFailure, type Handlers, type IpcEvent } from '#ipc/register';
import { isOwnFrame } from '#ipc/sender';
import { InputError } from '#model/problem';
import { StoreFailure } from '#store/failures';

const OWN = { url: 'faultline://app/index.html', parent: null };
const sender = { isDestroyed: () => false, send: () => undefined };

type Listener = (event: IpcEvent, request: unknown) => Promise<unknown>;

/** Registers handlers that answer `answers`, or refuse to be called. */
function channels(answers: Partial<Record<Channel, unknown>>): {
  ask: (channel: Channel, request: unknown, frame?: IpcEvent['senderFrame']) => Promise<unknown>;
  calls: unknown[];
} {
  const listeners = new Map<string, Listener>();
  const calls: unknown[] = [];
  const handlers = Object.fromEntries(
    CHANNELS.map((channel) => [
      channel,
      (request: unknown) => {
        calls.push(request);
        const answer = answers[channel];
        if (answer instanceof Error) throw answer;
        return answer;
      },
    ]),
  ) as unknown as Handlers;
  registerHandlers({ handle: (channel, listener) => void listeners.set(channel, listener) }, handlers);
  const ask = (channel: Channel, request: unknown, frame: IpcEvent['senderFrame'] = OWN): Promise<unknown> =>
    listeners.get(channel)!({ senderFrame: frame, sender }, request);
  return { ask, calls };
}

describe('the sender', () => {
  it('is our own page in a top frame, and nothing else', () => {
    expect(isOwnFrame(OWN)).toBe(true);
    expect(isOwnFrame(null)).toBe(false);
    expect(isOwnFrame({ ...OWN, parent: {} })).toBe(false);
    for (const url of [
      'https://app/',
      'faultline://other/',
      'faultline://app.evil/',
      'file:///index.html',
      'nonsense',
      '',
    ]) {
      expect(isOwnFrame({ url, parent: null }), url).toBe(false);
    }
  });

  it('is checked before anything is done', async () => {
    const { ask, calls } = channels({ 'runs.tags': [] });
    expect(await ask('runs.tags', undefined, { url: 'https://example.org', parent: null })).toMatchObject({
      ok: false,
      failure: { reason: 'refused' },
    });
    expect(calls).toEqual([]);
  });
});

describe('a channel', () => {
  it('is answered for every name of the contract', () => {
    const { ask } = channels({});
    for (const channel of CHANNELS) expect(ask(channel, undefined)).toBeInstanceOf(Promise);
  });

  it('refuses a request that has not its schema, with the field', async () => {
    const { ask, calls } = channels({});
    const answer = await ask('timeline.tile', { run: 'abc', from: 0, to: 'soon', columns: 10 });
    expect(answer).toMatchObject({
      ok: false,
      failure: { reason: 'refused', message: expect.stringContaining('at to') },
    });
    expect(await ask('runs.list', { sort: 'secrets' })).toMatchObject({ ok: false });
    expect(await ask('runs.get', '../../etc')).toMatchObject({ ok: false });
    expect(calls).toEqual([]);
  });

  it('holds the answer to its schema too', async () => {
    const { ask } = channels({ 'runs.tags': [{ tag: 1 }], 'timeline.extent': { events: 3, from: 0, to: 9 } });
    expect(await ask('runs.tags', undefined)).toMatchObject({ ok: false, failure: { reason: 'defect' } });
    expect(await ask('timeline.extent', 'abc')).toEqual({ ok: true, value: { events: 3, from: 0, to: 9 } });
  });

  it('tells bad input with its place, and defects with details to copy', async () => {
    const { ask } = channels({
      'runs.get': new InputError({ file: 'a.json', path: 'policies[0]', message: 'is unknown' }),
      'runs.tags': new Error('boom'),
    });
    expect(await ask('runs.get', 'abc')).toMatchObject({
      failure: { reason: 'input', problem: { file: 'a.json', path: 'policies[0]' } },
    });
    expect(await ask('runs.tags', undefined)).toMatchObject({
      failure: { reason: 'defect', message: 'boom', details: expect.stringContaining('register.test') },
    });
  });
});

describe('failures', () => {
  it('of the library are no defects', () => {
    expect(toFailure(new StoreFailure('full', { message: 'the disk is full' }))).toMatchObject({ reason: 'input' });
  });

  it('know cancelling, and things that are no errors', () => {
    const cancelled = Object.assign(new Error('cancelled'), { name: 'Cancelled' });
    expect(toFailure(cancelled).reason).toBe('cancelled');
    expect(toFailure('text')).toEqual({ reason: 'defect', message: 'text' });
  });
});

describe('operations', () => {
  const state = { run: 0, runs: 1, name: 'P1', total: 100, events: 0 };

  it('tell progress at most every 50 ms, and the last of it always', async () => {
    let now = 0;
    const told: number[] = [];
    await new Operations(() => now).run(
      'one',
      (progress) => told.push(progress.done),
      ({ progress }) => {
        for (const [at, done] of [
          [0, 1],
          [10, 2],
          [60, 3],
          [61, 100],
        ]) {
          now = at;
          progress({ ...state, done });
        }
        return Promise.resolve();
      },
    );
    expect(told).toEqual([1, 3, 100]);
  });

  it('end when they are cancelled, and have their id to themselves', async () => {
    const operations = new Operations(() => 0);
    const waiting = operations.run(
      'one',
      () => undefined,
      ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve)),
    );
    await expect(
      operations.run(
        'one',
        () => undefined,
        () => Promise.resolve(),
      ),
    ).rejects.toThrow(RangeError);
    operations.cancel('unknown');
    operations.cancel('one');
    await waiting;
    expect(operations.count).toBe(0);
  });
});

it('every channel has both schemas', () => {
  for (const channel of CHANNELS) {
    expect(contract[channel].request.kind).toBe('schema');
    expect(contract[channel].response.kind).toBe('schema');
  }
});
