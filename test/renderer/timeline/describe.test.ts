import { describe, expect, it } from 'vitest';
import { EventKind } from '../../../src-main/model/events.ts';
import type { RunInfo } from '../../../src-main/model/run.ts';
import type { EventRow } from '../../../src-main/model/tile.ts';
import {
  chainLine,
  copyText,
  csvOf,
  factsOf,
  formatAddress,
  placeLabel,
  placeOf,
  titleOf,
} from '../../../src-renderer/timeline/describe.ts';

const plain = (text: string): string => text.replace(/[\u202f\u00a0]/g, ' ');
const row = (kind: number, more: Partial<EventRow> = {}): EventRow => ({
  index: 7,
  time: 1_500_000,
  duration: 4_420_000,
  lane: 0,
  kind,
  address: 0x7f00_0000_1007,
  a: 0,
  b: 0,
  c: 0,
  cause: -1,
  ...more,
});

const RUN = {
  id: 'abc',
  lanes: [{ name: 'main', group: 'thread' }],
  phases: [
    { thread: 0, step: 0, name: 'read all' },
    { thread: 0, step: 1, name: 'store, "twice"' },
  ],
} as unknown as RunInfo;

const STEP = row(EventKind.step, { index: 1, b: 1 });
const FAULT = row(EventKind.writeProtectFault, { b: 99, c: 1 });

describe('an event in words', () => {
  it('has its place in the terms of its kind', () => {
    expect(plain(formatAddress(0x7f00_0000_1007))).toBe('0x7f00 0000 1007');
    expect(plain(placeOf(FAULT))).toBe('0x7f00 0000 1007');
    expect(plain(placeOf(row(EventKind.folioDirtied, { address: 4711 })))).toBe('page 4 711');
    expect(placeOf(STEP)).toBe('');
  });

  it('names the operation and cause of a request', () => {
    expect(titleOf(row(EventKind.io, { b: 1 | (3 << 4) }))).toBe('I/O write (writeback)');
  });

  it('takes its step from the root of its chain, and its outcome by name', () => {
    const facts = Object.fromEntries(factsOf(FAULT, RUN, [FAULT, STEP]).map(({ name, value }) => [name, value]));
    expect(facts).toEqual({ thread: 'main', step: '2: store, "twice"', outcome: 'major' });
  });

  it('says of a counter how far it is from its watermarks', () => {
    const watermarks = [
      { name: 'min', value: 1000 },
      { name: 'low', value: 1250 },
    ];
    const run = { ...RUN, lanes: [{ name: 'free frames', group: 'counter', watermarks }] } as unknown as RunInfo;
    const sample = row(EventKind.counter, { address: 1100, a: 3 });
    expect(placeLabel(sample)).toBe('value');
    expect(placeLabel(FAULT)).toBe('address');
    expect(factsOf(sample, run, []).map(({ name, value }) => `${name}: ${plain(value)}`)).toEqual([
      'counter: free frames',
      'min watermark: 1 000, 100 above',
      'low watermark: 1 250, 150 below',
    ]);
  });

  it('names the lock that is waited for', () => {
    expect(factsOf(row(EventKind.lockWait, { b: 2 }), RUN, [])).toContainEqual({ name: 'lock', value: 'free frames' });
  });

  it('has its chain in one line', () => {
    expect(plain(chainLine([FAULT, STEP], RUN))).toBe(
      'write-protect fault at 0x7f00 0000 1007 ← step 2: store, "twice"',
    );
    expect(copyText([FAULT, STEP], RUN)).toContain('duration: 4 420 ns');
  });
});

describe('events as CSV', () => {
  it('are exact, with names quoted where they need it', () => {
    const run = { ...RUN, lanes: [{ name: 'main, "first"', group: 'thread' }] } as unknown as RunInfo;
    expect(csvOf([FAULT], run).split('\n')).toEqual([
      'event,time_ns,duration_ns,lane,kind,address,a,b,c,cause',
      '7,1500,4420,"main, ""first""",writeProtectFault,139637976731655,0,99,1,-1',
      '',
    ]);
  });
});
