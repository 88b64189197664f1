import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignEvents, alignSides, countStates, type Side } from '#diff/align';
import { joinBatches, type RunEvents } from '#diff/columns';
import { diffRuns, isEmpty, type DiffInput } from '#diff/diff';
import { diffMarkdown } from '#diff/markdown';
import { relocated } from '#diff/place';
import { EventKind } from '#model/events';
import { EventState, type Divergence } from '#model/diff';
import type { Metrics } from '#model/metrics';
import type { RunInfo } from '#model/run';
import { eventsOf, type SomeEvent as Event } from '../support/events.ts';
import { sampleBatches, sampleDocument, sampleRun } from '../support/sample-run.ts';

function runInfo(label: string, change: Partial<RunInfo> = {}): RunInfo {
  return {
    ...sampleRun(label),
    id: label,
    events: 0,
    savedAt: '',
    name: '',
    notes: '',
    tags: [],
    starred: false,
    ...change,
  };
}

function input(
  label: string,
  events: RunEvents,
  change: Partial<RunInfo> = {},
  documents: DiffInput['documents'] = [],
): DiffInput {
  return { run: runInfo(label, { events: events.count, ...change }), documents, events, siblings: [] };
}

const BASE = 0x7f0000000000;
const read = (page: number, time: number, cause = -1): Event => ({
  kind: EventKind.readFault,
  time,
  duration: 10,
  address: BASE + page * 4096,
  b: 1,
  c: 1,
  cause,
});
const store = (page: number, time: number): Event => ({
  kind: EventKind.writeProtectFault,
  time,
  duration: 10,
  address: BASE + page * 4096 + 8,
  b: 2,
  c: 0,
});
const write = (page: number, time: number): Event => ({ ...store(page, time), kind: EventKind.writeFault });
const blocks = (page: number, time: number, cause: number): Event => ({
  kind: EventKind.blocksInstantiated,
  time,
  address: page,
  b: 4,
  cause,
});

describe('events of two runs', () => {
  const statesOf = (left: readonly Event[], right: readonly Event[]): [number[], number[]] => {
    const aligned = alignEvents(eventsOf(left), eventsOf(right));
    return [[...aligned.leftState], [...aligned.rightState]];
  };

  it('of the same place are same, moved, or changed', () => {
    const { same, moved, changed } = EventState;
    expect(statesOf([read(1, 10), read(2, 20), store(1, 30)], [read(1, 10), read(2, 25), write(1, 30)])[0]).toEqual([
      same,
      moved,
      changed,
    ]);
    expect(statesOf([read(1, 10)], [{ ...read(1, 10), c: 0 }])[0]).toEqual([changed]);
    expect(statesOf([read(1, 10)], [{ ...read(1, 10), duration: 11 }])[0]).toEqual([moved]);
  });

  it('of another page, step or thread are not the same event', () => {
    const { only } = EventState;
    expect(statesOf([read(1, 10)], [read(2, 10)])).toEqual([[only], [only]]);
    expect(statesOf([read(1, 10)], [{ ...read(1, 10), b: 7 }])[0]).toEqual([only]);
    expect(statesOf([read(1, 10)], [{ ...read(1, 10), a: 7 }])[0]).toEqual([only]);
  });

  it('that happen again pair in order', () => {
    const aligned = alignEvents(eventsOf([read(1, 1), read(1, 2), read(1, 3)]), eventsOf([read(1, 1), read(1, 3)]));
    expect([...aligned.rightOf]).toEqual([0, 1, -1]);
  });

  it('take thread and step from what they follow from', () => {
    const step: Event = { kind: EventKind.step, time: 0, a: 0, b: 5 };
    const left = [step, read(3, 1, 0), blocks(3, 2, 1)];
    const right = [step, read(9, 1, 0), read(3, 2, 0), blocks(3, 3, 2)];
    const aligned = alignEvents(eventsOf(left), eventsOf(right));
    expect([...aligned.rightOf]).toEqual([0, 2, 3]);
    expect(aligned.leftKeys.step[2]).toBe(5);
  });

  it('differ when they have another cause', () => {
    const left = [read(3, 1), blocks(3, 2, 0)];
    const right = [{ ...store(3, 1), b: 1 }, blocks(3, 2, 0)];
    expect(statesOf(left, right)[0]).toEqual([EventState.changed, EventState.changed]);
  });

  it('mapped elsewhere are laid beside each other when asked', () => {
    const there = [read(1, 10), read(5, 20)].map((event) => ({ ...event, address: event.address! - 0x1000000 }));
    const here = [read(1, 10), read(5, 20)];
    expect([...alignEvents(eventsOf(here), eventsOf(there)).rightOf]).toEqual([-1, -1]);
    const side = (list: readonly Event[]): Side => ({ events: eventsOf(list), place: relocated(eventsOf(list), []) });
    expect([...alignSides(side(here), side(there)).rightOf]).toEqual([0, 1]);
  });

  it('leaves samples of counters out', () => {
    expect(statesOf([{ kind: EventKind.counter, time: 1 }], [])[0]).toEqual([EventState.notCompared]);
  });
});

const anyEvent = fc.record({
  kind: fc.constantFrom(
    EventKind.readFault,
    EventKind.writeFault,
    EventKind.blocksInstantiated,
    EventKind.io,
    EventKind.step,
    EventKind.counter,
  ),
  time: fc.nat(30),
  duration: fc.nat(2),
  address: fc.nat(3).map((page) => page * 4096),
  a: fc.nat(1),
  b: fc.nat(2),
  c: fc.nat(1),
  back: fc.integer({ min: 0, max: 3 }),
});
const anyEvents = fc
  .array(anyEvent, { maxLength: 60 })
  .map((list) =>
    eventsOf(list.map(({ back, ...event }, i) => ({ ...event, cause: back === 0 || back > i ? -1 : i - back }))),
  );

describe('laws', () => {
  it('a run against itself is empty', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const diff = diffRuns([input('a', events), input('a', events)]);
        expect(isEmpty(diff)).toBe(true);
        expect(diff.events).toMatchObject({ moved: 0, onlyLeft: 0, onlyRight: 0, changed: 0 });
        expect([diff.documents, diff.metrics, diff.phases, diff.firstDivergence]).toEqual([[], [], [], null]);
      }),
    );
  });

  it('one way mirrors the other', () => {
    const mirrored: Record<Divergence['kind'], Divergence['kind']> = {
      changed: 'changed',
      moved: 'moved',
      onlyLeft: 'onlyRight',
      onlyRight: 'onlyLeft',
    };
    fc.assert(
      fc.property(anyEvents, anyEvents, (x, y) => {
        const there = diffRuns([input('a', x), input('b', y)]);
        const back = diffRuns([input('b', y), input('a', x)]);
        const { onlyLeft, onlyRight, ...rest } = there.events;
        expect(back.events).toEqual({ ...rest, onlyLeft: onlyRight, onlyRight: onlyLeft });
        expect(back.firstDivergence?.kind).toBe(
          there.firstDivergence === null ? undefined : mirrored[there.firstDivergence.kind],
        );
        expect(back.firstDivergence?.left ?? null).toEqual(there.firstDivergence?.right ?? null);
        expect(back.firstDivergence?.right ?? null).toEqual(there.firstDivergence?.left ?? null);
      }),
      { numRuns: 300 },
    );
  });

  it('every compared event is counted once', () => {
    fc.assert(
      fc.property(anyEvents, anyEvents, (x, y) => {
        const { events } = countStates(x, y, alignEvents(x, y));
        const compared = (side: RunEvents): number =>
          [...side.kind].filter((kind) => kind !== EventKind.counter).length;
        expect(events.same + events.moved + events.changed + events.onlyLeft).toBe(compared(x));
        expect(events.same + events.moved + events.changed + events.onlyRight).toBe(compared(y));
      }),
    );
  });
});

describe('the first divergence', () => {
  it('says where, what either run did and what it brought', () => {
    const left = eventsOf([
      { kind: EventKind.step, time: 0, b: 1 },
      read(16, 1_000_000, 0),
      blocks(16, 1_500_000, 1),
      read(17, 2_000_000, 0),
    ]);
    const right = eventsOf([{ kind: EventKind.step, time: 0, b: 1 }, read(16, 1_000_000, 0), read(17, 2_000_000, 0)]);
    const phases = [
      {
        thread: 0,
        step: 1,
        name: 'read all',
        startNs: 0,
        endNs: 1,
        minor: 0,
        major: 0,
        sigbus: 0,
        instantiatedKiB: 0,
        dirtyPages: 0,
      },
    ];
    const diff = diffRuns([
      input('left', left, { policy: 'P1', phases }),
      input('right', right, { policy: 'P5', phases }),
    ]);
    expect(diff.firstDivergence?.kind).toBe('onlyLeft');
    expect(diff.firstDivergence?.text).toBe(
      'thread 0, step 2 (read all), page 16: P1 has blocks instantiated (4 KiB) at 1.5 µs, from read fault (major); P5 has nothing there',
    );
  });

  it('is the first that moved where all else is the same', () => {
    const diff = diffRuns([
      input('a', eventsOf([read(1, 1), read(2, 5)])),
      input('b', eventsOf([read(1, 1), read(2, 6)])),
    ]);
    expect(diff.firstDivergence).toMatchObject({ kind: 'moved', left: { time: 5 }, right: { time: 6 } });
  });
});

describe('documents and metrics', () => {
  const none = eventsOf([]);

  it('are compared field by field, figures with their units', () => {
    const disk = (value: number): string =>
      JSON.stringify({ id: 'd', seek: { value, unit: 'ms', source: 's' }, zones: [1, 2] });
    const diff = diffRuns([
      input('a', none, { policy: 'P1' }, [sampleDocument('disk', disk(8.5))]),
      input('b', none, { policy: 'P5' }, [sampleDocument('disk', disk(4.2))]),
    ]);
    expect(diff.documents.map(({ text }) => text)).toEqual([
      'run: policy is P5 instead of P1',
      'disk: seek is 4.2 ms instead of 8.5 ms',
    ]);
  });

  it('of a long table say that it differs', () => {
    const table = (last: number): string =>
      JSON.stringify({ rows: [...Array.from({ length: 500 }, (_, i) => i), last] });
    const diff = diffRuns([
      input('a', none, {}, [sampleDocument('disk', table(1))]),
      input('b', none, {}, [sampleDocument('disk', table(2))]),
    ]);
    expect(diff.documents).toHaveLength(1);
    expect(diff.documents[0].text).toContain('a list of 501');
  });

  it('change absolutely, relatively, and within the spread of other seeds', () => {
    const metrics = (minor: number): Metrics => ({
      ...sampleRun('x').metrics,
      faults: { ...sampleRun('x').metrics.faults, minor },
    });
    const left = {
      ...input('a', none, { metrics: metrics(100) }),
      siblings: [metrics(100), metrics(104), metrics(97)],
    };
    const change = diffRuns([
      left,
      input('b', none, { metrics: metrics(105) }),
      input('c', none, { metrics: metrics(110) }),
    ]).metrics[0];
    expect(change).toEqual({
      path: 'faults.minor',
      values: [100, 105, 110],
      absolute: [5, 10],
      relative: [0.05, 0.1],
      spread: 7,
      withinSpread: [true, false],
    });
  });
});

describe('warnings', () => {
  const none = eventsOf([]);
  const experiment = (fields: object): DiffInput['documents'] => [
    sampleDocument('experiment', JSON.stringify({ format: 'f', ...fields })),
  ];

  it('name another workload, engine, seed, origin and verdict', () => {
    const diff = diffRuns([
      input('a', none, { engineVersion: '1', seed: 1 }, experiment({ memory: '1 GiB' })),
      input('b', none, { engineVersion: '2', seed: 2, verdict: 'deadlock' }, experiment({ memory: '2 GiB' })),
      input('c', none, { source: 'recorded' }, experiment({ memory: '1 GiB' })),
    ]);
    expect(diff.warnings.map(({ kind }) => kind)).toEqual(['workload', 'engine', 'source', 'seed', 'verdict']);
    expect(diff.comparable).toBe(false);
  });

  it('do not mind which policies the same experiment was run with', () => {
    const diff = diffRuns([
      input('a', none, { policy: 'P1' }, experiment({ memory: '1 GiB', policies: ['P1'] })),
      input('b', none, { policy: 'P5' }, experiment({ policies: ['P5'], memory: '1 GiB', name: 'other' })),
    ]);
    expect([diff.comparable, diff.warnings]).toEqual([true, []]);
  });

  it('say when only a part of the events was compared', () => {
    const diff = diffRuns([input('a', none, { events: 10 }), input('b', none)]);
    expect(diff.warnings[0].message).toBe('of run a only the first 0 of 10 events are compared');
  });
});

describe('a comparison for people', () => {
  it('is Markdown with every part', () => {
    const left = joinBatches([...sampleBatches(2000, 1)]);
    const right = joinBatches([...sampleBatches(2000, 2)]);
    const text = diffMarkdown(diffRuns([input('a', left, { policy: 'P1' }), input('b', right, { policy: 'P|5' })]));
    for (const part of [
      '## First divergence',
      '## Events',
      '## Metrics',
      '## Documents',
      'run: policy is P\\|5 instead of P1',
    ])
      expect(text).toContain(part);
  });
});

describe('a recording beside an emulation', () => {
  const mapping = (base: number): Event => ({ kind: EventKind.mapped, time: 0, address: base, c: 64 });
  const phases = (from: number): RunInfo['phases'] => [
    {
      thread: 0,
      step: 1,
      name: 'read',
      startNs: from / 1000,
      endNs: (from + 90_000) / 1000,
      minor: 0,
      major: 0,
      sigbus: 0,
      instantiatedKiB: 0,
      dirtyPages: 0,
    },
  ];
  const emulated = input('emulated', eventsOf([mapping(BASE), read(1, 10_000), read(2, 20_000)]), {
    source: 'emulated',
    phases: phases(0),
  });
  const elsewhere = 0x5500_0000_0000;
  const recorded = (events: readonly Event[]): DiffInput =>
    input('recorded', eventsOf([mapping(elsewhere), ...events]), { source: 'recorded', phases: phases(500_000) });
  const there = (page: number, time: number): Event => ({
    ...read(page, time),
    address: elsewhere + page * 4096,
    // Another number of the step and thread: the time says which it is.
    a: 3,
    b: 9,
  });

  it('is paired by page of the file and step at that time, wherever it was mapped', () => {
    const { pairs } = diffRuns([recorded([there(1, 510_000), there(2, 530_000)]), emulated]);
    expect(pairs[0].events).toEqual({ same: 0, moved: 2, changed: 0, onlyLeft: 0, onlyRight: 0 });
  });

  it('leaves aside faults outside the mapping and kinds that one of them has not', () => {
    const stack: Event = { ...there(1, 505_000), kind: EventKind.writeFault, address: 0x7fff_0000_0000 };
    const shot: Event = { kind: EventKind.shootdown, time: 511_000 };
    const { pairs } = diffRuns([recorded([stack, there(1, 510_000), shot, there(2, 530_000)]), emulated]);
    expect(pairs[0].events).toMatchObject({ moved: 2, onlyLeft: 0 });
  });

  it('says that they are of different origin', () => {
    const { warnings, comparable } = diffRuns([recorded([there(1, 510_000)]), emulated]);
    expect(warnings.map(({ kind }) => kind)).toContain('source');
    expect(comparable).toBe(true);
  });
});
