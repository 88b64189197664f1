import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_KINDS, EventKind, IO_OPERATIONS, type EventBatch } from '#model/events';
import { PAGE_STATES, type PageLife } from '#model/page-life';
import { Mappings } from '#stream/mappings';
import { PageLifeCollector } from '#stream/page-life';
import { eventsOf, type SomeEvent as Event } from '../support/events.ts';
import { experimentJson, planOf, run } from '../emulator/kernel/plan.ts';

/** The file is number 0 and mapped from its page 0 on at this address. */
const BASE = 0x7f0000000000;
const MAPPED: Event = { kind: EventKind.mapped, time: 0, address: BASE, a: 0, b: 0, c: 64 };
const at = (page: number): number => BASE + page * 4096 + 8;

function lifeIn(batches: readonly EventBatch[], page: number, to: number): PageLife {
  const mappings = new Mappings();
  for (const batch of batches) mappings.add(batch);
  const collector = new PageLifeCollector({ file: 0, page }, mappings);
  for (const batch of batches) collector.add(batch);
  return collector.finish(0, to);
}

const lifeOf = (events: readonly Event[], page = 5, to = 1000): PageLife => lifeIn([eventsOf(events)], page, to);
const told = (life: PageLife): string[] => life.stretches.map(({ state, from, to }) => `${state} ${from}-${to}`);

const write = (time: number, duration: number, queuedNs = 0, cause = -1): Event => ({
  kind: EventKind.io, time, duration, a: 8, b: IO_OPERATIONS.indexOf('write'), c: queuedNs, cause,
}); // prettier-ignore

describe('the life of a page', () => {
  it('is absent where nothing happens to it', () => {
    expect(told(lifeOf([MAPPED]))).toEqual(['absent 0-1000']);
    expect(lifeOf([MAPPED]).addresses).toEqual([BASE + 5 * 4096]);
  });

  it('goes from absent over a load, a trapped store, dirty and writeback to clean', () => {
    const life = lifeOf([
      MAPPED,
      { kind: EventKind.readFault, time: 100, duration: 40, address: at(5), c: 1 },
      { kind: EventKind.folioAdded, time: 110, address: 5, b: 1, cause: 1 },
      { kind: EventKind.writeProtectFault, time: 200, duration: 50, address: at(5) },
      { kind: EventKind.blocksInstantiated, time: 220, address: 5, b: 4, cause: 3 },
      { kind: EventKind.folioDirtied, time: 230, address: 5, b: 1, cause: 3 },
      write(3_500, 500, 1, 5),
      { kind: EventKind.folioCleaned, time: 4_000, address: 5, b: 1, cause: 5 },
    ], 5, 5_000); // prettier-ignore
    expect(told(life)).toEqual([
      'absent 0-110',
      'cached 110-140',
      'read-mapped 140-200',
      'trapped 200-250',
      'dirty 250-2500',
      'writeback 2500-4000',
      'clean 4000-5000',
    ]);
    expect(life.stretches.map(({ event }) => event)).toEqual([-1, 2, 1, 3, 3, 6, 7]);
    expect(life.marks.map(({ event }) => event)).toEqual([1, 2, 3, 4, 5, 7]);
    expect(life.complete).toBe(true);
  });

  it('sees a folio of several pages as one, and leaves other pages and files alone', () => {
    const events: Event[] = [
      MAPPED,
      { kind: EventKind.folioAdded, time: 100, address: 4, b: 4 },
      { kind: EventKind.folioDirtied, time: 200, address: 4, b: 4 },
      { kind: EventKind.folioDirtied, time: 300, address: 0, a: 1, b: 64 },
      { kind: EventKind.folioRemoved, time: 400, address: 0, a: 1, b: 64 },
    ];
    expect(told(lifeOf(events, 7))).toEqual(['absent 0-100', 'cached 100-200', 'dirty 200-1000']);
    expect(told(lifeOf(events, 8))).toEqual(['absent 0-1000']);
  });

  it('is mapped by fault-around, unmapped with its mapping and gone with its folio', () => {
    const life = lifeOf([
      MAPPED,
      { kind: EventKind.folioAdded, time: 100, address: 5, b: 1 },
      { kind: EventKind.faultAround, time: 200, address: 0, b: 3, c: 8 },
      { kind: EventKind.unmapped, time: 300, address: BASE, a: 0, b: 0, c: 64 },
      { kind: EventKind.folioRemoved, time: 400, address: 5, b: 1 },
    ]); // prettier-ignore
    expect(told(life)).toEqual([
      'absent 0-100',
      'cached 100-200',
      'read-mapped 200-300',
      'cached 300-400',
      'absent 400-1000',
    ]);
  });

  it('follows a page that is dirtied again while it is on its way to the disk', () => {
    const life = lifeOf([
      MAPPED,
      { kind: EventKind.folioAdded, time: 0, address: 5, b: 1 },
      { kind: EventKind.folioDirtied, time: 100, address: 5, b: 1 },
      { kind: EventKind.folioDirtied, time: 300, address: 5, b: 1 },
      write(200, 200, 0, 2),
      { kind: EventKind.folioCleaned, time: 400, address: 5, b: 1, cause: 3 },
    ]); // prettier-ignore
    expect(told(life)).toEqual(['cached 0-100', 'dirty 100-200', 'writeback 200-400', 'dirty 400-1000']);
  });

  it('tells what was lost for want of space', () => {
    const life = lifeOf([
      { kind: EventKind.folioDirtied, time: 100, address: 5, b: 1 },
      { kind: EventKind.dataLost, time: 200, address: 5, b: 4096 },
    ]);
    expect(told(life)).toEqual(['absent 0-100', 'dirty 100-200', 'lost 200-1000']);
  });

  it('takes the writeback of a recording, where cleaning begins it', () => {
    const life = lifeOf([
      { kind: EventKind.folioDirtied, time: 100, address: 5, b: 1 },
      { kind: EventKind.writeback, time: 300, address: 4, b: 4 },
      { kind: EventKind.folioCleaned, time: 300, address: 4, b: 4, cause: 1 },
      write(350, 250, 0, 1),
    ]);
    expect(told(life)).toEqual(['absent 0-100', 'dirty 100-300', 'writeback 300-600', 'clean 600-1000']);
  });

  it('does not believe a fault that got SIGBUS, nor an address that shows another file by then', () => {
    const sigbus = lifeOf([MAPPED, { kind: EventKind.readFault, time: 100, duration: 10, address: at(5), c: 2 }]);
    expect(told(sigbus)).toEqual(['absent 0-1000']);
    const other = lifeOf([
      MAPPED,
      { kind: EventKind.mapped, time: 50, address: BASE, a: 1, b: 0, c: 64 },
      { kind: EventKind.readFault, time: 100, duration: 10, address: at(5) },
    ]);
    expect(told(other)).toEqual(['absent 0-1000']);
  });

  it('always covers the whole run, whatever the events', () => {
    const event = fc.record({
      kind: fc.integer({ min: 0, max: EVENT_KINDS.length - 1 }),
      time: fc.nat(900),
      duration: fc.nat(100),
      address: fc.oneof(fc.nat(10), fc.constant(at(5))),
      a: fc.nat(1),
      b: fc.nat(8),
      c: fc.nat(8),
      cause: fc.integer({ min: -1, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const { stretches } = lifeOf([MAPPED, ...(events as Event[])], 5, 2000);
        expect(stretches[0].from).toBe(0);
        expect(stretches.at(-1)?.to).toBe(2000);
        stretches.forEach(({ state, from, to }, i) => {
          expect(PAGE_STATES).toContain(state);
          expect(to).toBeGreaterThan(from);
          if (i > 0) {
            expect(from).toBe(stretches[i - 1].to);
            expect(state).not.toBe(stretches[i - 1].state);
          }
        });
      }),
    );
  });
});

describe('pages of the 2005 question', () => {
  const statesOf = (policy: 'P1' | 'P5', page: number): string[] => {
    const { batches } = run(
      planOf(experimentJson('2005-question'), { kernel: 'linux-2.6.11', filesystem: 'plain-4k', policy }),
    );
    return lifeIn(batches, page, 1e15).stretches.map(({ state }) => state);
  };

  it('under P5 a page that is stored to is trapped once, and one that is not stays clean of it all', () => {
    expect(statesOf('P5', 16)).toEqual(['absent', 'cached', 'read-mapped', 'trapped', 'dirty', 'writeback', 'clean']);
    expect(statesOf('P5', 17)).toEqual(['absent', 'cached', 'read-mapped']);
  });

  it('under P1 the load makes every page dirty, and nothing is trapped', () => {
    expect(statesOf('P1', 17)).toEqual(['absent', 'cached', 'dirty', 'writeback', 'clean']);
  });
});
