import { describe, expect, it } from 'vitest';
import { whyOf, type StoryInput } from '#diff/why';
import { EventKind } from '#model/events';
import type { PhaseMetrics } from '#model/metrics';
import { eventsOf, type SomeEvent } from '../support/events.ts';

const phase = (step: number, name: string, startNs: number, endNs: number): PhaseMetrics => ({
  thread: 0,
  step,
  name,
  startNs,
  endNs,
  minor: 0,
  major: 0,
  sigbus: 0,
  instantiatedKiB: 0,
  dirtyPages: 0,
});
const PHASES = [phase(0, 'read all', 0, 10), phase(1, 'store', 10, 20), phase(2, 'msync', 20, 90)];
const BASE = 0x7f0000000000;
const at = (ns: number): number => ns * 1000;
const mapped: SomeEvent = { kind: EventKind.mapped, time: 0, address: BASE, c: 64 };
const step = (number: number, ns: number): SomeEvent => ({ kind: EventKind.step, time: at(ns), b: number });
const fault = (kind: EventKind, ns: number, page: number, number: number, cause: number): SomeEvent => ({
  kind,
  time: at(ns),
  address: BASE + page * 4096 + 7,
  b: number,
  c: kind === EventKind.readFault ? 1 : 0,
  cause,
});
const folio = (kind: EventKind, ns: number, cause: number): SomeEvent => ({
  kind,
  time: at(ns),
  address: 16,
  b: kind === EventKind.blocksInstantiated ? 4 : 1,
  cause,
});
const write = (ns: number, length: number, cause: number): SomeEvent => ({
  kind: EventKind.io,
  time: at(ns),
  duration: at(length),
  a: 8,
  b: 1 + (4 << 4),
  cause,
});

/** The store is trapped: P5. */
const TRAPPED: StoryInput = {
  run: { id: 'p5', source: 'emulated', phases: PHASES },
  events: eventsOf([
    mapped,
    step(0, 0),
    fault(EventKind.readFault, 1, 16, 0, 1),
    step(1, 10),
    fault(EventKind.writeProtectFault, 11, 16, 1, 3),
    folio(EventKind.blocksInstantiated, 12, 4),
    folio(EventKind.folioDirtied, 12, 4),
    write(30, 5, 6),
    folio(EventKind.folioCleaned, 35, 6),
  ]),
};
/** The read has made the page writable: P1. */
const FILLED: StoryInput = {
  run: { id: 'p1', source: 'emulated', phases: PHASES },
  events: eventsOf([
    mapped,
    step(0, 0),
    fault(EventKind.readFault, 1, 16, 0, 1),
    folio(EventKind.blocksInstantiated, 2, 2),
    folio(EventKind.folioDirtied, 2, 2),
    step(1, 10),
    write(40, 5, -1),
    folio(EventKind.folioCleaned, 45, 4),
  ]),
};

const textOf = (story: { parts: readonly { role: string; text: string; note: string }[] }): string[] =>
  story.parts.map(({ role, text, note }) => `${role}: ${text}${note === '' ? '' : ` (${note})`}`);

describe('why a store came out as it did', () => {
  it('is told from the store to the disk, in both runs', () => {
    const why = whyOf(FILLED, TRAPPED, 'right', 4);
    expect(why === null ? [] : textOf(why.right)).toEqual([
      'store: store',
      'fault: write-protect fault (minor)',
      'folio: folio dirtied, 1 page',
      'block: blocks instantiated (4 KiB)',
      'write: write of 8 sectors for sync',
      'cleaned: folio cleaned, 1 page',
    ]);
    expect(why?.right.page).toBe(16);
  });

  it('says that a store did not fault, and since when it need not', () => {
    const why = whyOf(FILLED, TRAPPED, 'right', 4);
    const part = why?.left.parts.find(({ role }) => role === 'fault');
    expect(part).toMatchObject({
      text: 'read fault (major)',
      note: 'no fault in this step: writable since read all',
      differs: true,
    });
    expect(why?.left.parts.find(({ role }) => role === 'folio')).toMatchObject({ differs: false });
  });

  it('finds the store from anything that followed from it', () => {
    for (const event of [5, 6, 7, 8]) expect(whyOf(TRAPPED, FILLED, 'left', event)?.left.step, `${event}`).toBe(1);
  });

  it('finds the request that wrote the folio by its end, where another folio caused it', () => {
    const why = whyOf(FILLED, TRAPPED, 'right', 4);
    expect(why?.left.parts.find(({ role }) => role === 'write')?.event?.index).toBe(6);
  });

  it('lays a recording, mapped elsewhere and without steps of its own, beside an emulation', () => {
    const moved = eventsOf([
      { ...mapped, address: BASE * 2 },
      { kind: EventKind.phase, time: at(10), a: 1 },
      { ...fault(EventKind.writeProtectFault, 15, 16, 9, -1), address: BASE * 2 + 16 * 4096 },
      folio(EventKind.folioDirtied, 16, 2),
    ]);
    const recorded: StoryInput = { run: { id: 'r', source: 'recorded', phases: PHASES }, events: moved };
    const why = whyOf(recorded, TRAPPED, 'left', 3);
    expect(why?.left).toMatchObject({ step: 1, page: 16 });
    expect(why?.right.parts.find(({ role }) => role === 'fault')?.event?.index).toBe(4);
    expect(why?.left.parts.find(({ role }) => role === 'block')).toMatchObject({ text: 'no block', differs: true });
  });

  it('has nothing to say of an event that concerns no page', () => {
    expect(whyOf(TRAPPED, FILLED, 'left', 1)).toBeNull();
  });
});
