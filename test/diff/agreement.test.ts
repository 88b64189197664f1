import { describe, expect, it } from 'vitest';
import { agreeBySteps, type AgreementInput } from '#diff/agreement';
import { EventKind } from '#model/events';
import type { PhaseMetrics } from '#model/metrics';
import { eventsOf, type SomeEvent } from '../support/events.ts';

const phase = (step: number, name: string, startNs: number, endNs: number, minor = 0): PhaseMetrics => ({
  thread: 0,
  step,
  name,
  startNs,
  endNs,
  minor,
  major: 0,
  sigbus: 0,
  instantiatedKiB: 0,
  dirtyPages: 0,
});
const PHASES = [phase(0, 'store', 0, 10, 2), phase(1, 'msync', 20, 30)];

function input(id: string, events: readonly SomeEvent[], change: Partial<AgreementInput['run']> = {}): AgreementInput {
  return { run: { id, source: 'emulated', phases: PHASES, ...change }, events: eventsOf(events) };
}

const at = (ns: number): number => ns * 1000;
/** Two pages dirtied over a reservation each; written back, they are given blocks. */
const DELAYED: readonly SomeEvent[] = [
  { kind: EventKind.blocksReserved, time: at(1), address: 0, b: 4 },
  { kind: EventKind.folioDirtied, time: at(1), address: 0, b: 1 },
  { kind: EventKind.blocksReserved, time: at(2), address: 16, b: 4 },
  { kind: EventKind.folioDirtied, time: at(2), address: 16, b: 1 },
  { kind: EventKind.blocksInstantiated, time: at(21), address: 0, b: 4 },
  { kind: EventKind.blocksInstantiated, time: at(21), address: 16, b: 4 },
  { kind: EventKind.folioCleaned, time: at(22), address: 0, b: 1 },
  { kind: EventKind.folioCleaned, time: at(23), address: 16, b: 1 },
];
const DIRECT = DELAYED.filter(({ kind }) => kind !== EventKind.blocksReserved).map((event) =>
  event.kind === EventKind.blocksInstantiated ? { ...event, time: at(3) } : event,
);

describe('agreement by step', () => {
  it('counts a reservation as held until its blocks are given, and then once', () => {
    const { steps, same, compared } = agreeBySteps(input('x', DELAYED), input('y', DIRECT));
    expect(steps.map(({ name, figures }) => [name, figures.heldKiB, figures.dirtyPages])).toEqual([
      ['store', { left: 8, right: 8 }, { left: 2, right: 2 }],
      ['msync', { left: 8, right: 8 }, { left: 0, right: 0 }],
    ]);
    expect([same, compared]).toEqual([8, 8]);
  });

  it('says where they differ', () => {
    const fewer = DIRECT.filter(({ address }) => address === 0);
    const agreement = agreeBySteps(input('x', DELAYED), input('y', fewer, { phases: [phase(0, 'store', 0, 10, 1)] }));
    const [store, msync] = agreement.steps;
    expect(store.figures).toMatchObject({ minor: { left: 2, right: 1 }, heldKiB: { left: 8, right: 4 } });
    expect(msync).toMatchObject({ inLeft: true, inRight: false });
    expect(msync.figures.minor).toEqual({ left: 0, right: null });
    expect([agreement.same, agreement.compared]).toEqual([1, 4]);
  });

  it('does not count what a recording does not tell', () => {
    const recorded = input('r', [], { source: 'recorded' });
    const { steps, compared } = agreeBySteps(recorded, input('y', DELAYED));
    expect(steps[0].figures).toMatchObject({
      heldKiB: { left: null, right: 8 },
      dirtyPages: { left: null, right: 2 },
    });
    expect(compared).toBe(4);
  });

  it('takes only the files that the recorded program faulted on', () => {
    const events: SomeEvent[] = [
      { kind: EventKind.readFault, time: at(1) },
      { kind: EventKind.folioAdded, time: at(1), address: 3, a: 1, b: 1, cause: 0 },
      { kind: EventKind.folioDirtied, time: at(2), address: 3, a: 1, b: 1 },
      // The file system's own page.
      { kind: EventKind.folioDirtied, time: at(3), address: 9, a: 2, b: 1 },
    ];
    const { steps } = agreeBySteps(input('r', events, { source: 'recorded' }), input('y', DELAYED));
    expect(steps[0].figures.dirtyPages.left).toBe(1);
  });

  it('believes a recording that tells how many pages were cleaned, though not which', () => {
    const events = DELAYED.map((event) => (event.kind === EventKind.folioCleaned ? { ...event, address: 0 } : event));
    const { steps } = agreeBySteps(input('r', events, { source: 'recorded' }), input('y', DELAYED));
    expect(steps[1].figures.dirtyPages).toEqual({ left: 0, right: 0 });
  });

  it('takes the turns of a loop one by one', () => {
    const turns = [phase(0, 'store', 0, 10, 2), phase(0, 'store', 20, 30, 1)];
    const { steps } = agreeBySteps(input('x', [], { phases: turns }), input('y', [], { phases: turns }));
    expect(steps.map(({ figures }) => figures.minor.left)).toEqual([2, 1]);
  });
});
