import { describe, expect, it } from 'vitest';
import { EventKind } from '#model/events';
import type { EventRow } from '#model/tile';
import { handlerSteps } from '#stream/handler-steps';

const row = (index: number, kind: number, time: number, duration: number): EventRow => ({
  ...{ index, kind, time, duration, lane: 0, address: 0, a: 0, b: 0, c: 0 },
  cause: index === 0 ? -1 : 0,
});
const FAULT = row(0, EventKind.writeFault, 100, 1000);
/** Each step as `what from-to`. */
const said = (effects: readonly EventRow[]): string[] =>
  handlerSteps(FAULT, effects).map(({ work, event, time, duration }) => `${work ?? event} ${time}-${time + duration}`);

describe('a fault', () => {
  it('of which nothing is told is one step', () => {
    expect(said([])).toEqual(['whole 100-1100']);
  });

  it('is cut into what events tell and what lies between, in order of time', () => {
    const added = row(1, EventKind.folioAdded, 200, 100);
    const reserved = row(2, EventKind.blocksReserved, 400, 50);
    expect(said([reserved, added])).toEqual([
      'entry 100-200',
      '1 200-300',
      'contents 300-400',
      '2 400-450',
      'exit 450-1100',
    ]);
    expect(said([added])).toEqual(['entry 100-200', '1 200-300', 'contentsExit 300-1100']);
  });

  it('has steps within a longer one as a part of that', () => {
    const readahead = row(1, EventKind.readahead, 200, 500);
    expect(said([readahead, row(2, EventKind.folioAdded, 300, 100), row(3, EventKind.ioWait, 700, 400)])).toEqual([
      'entry 100-200',
      '1 200-700',
      '3 700-1100',
    ]);
  });

  it('whose effects are moments, as in recordings, is cut at these', () => {
    expect(said([row(1, EventKind.folioAdded, 300, 0), row(2, EventKind.folioDirtied, 700, 0)])).toEqual([
      'until 100-300',
      'until 300-700',
      'rest 700-1100',
    ]);
  });

  it('leaves out what goes on beside it or after it, and cuts off what outlasts it', () => {
    expect(said([row(1, EventKind.kswapd, 300, 100), row(2, EventKind.throttle, 1100, 50)])).toEqual([
      'whole 100-1100',
    ]);
    expect(said([row(1, EventKind.lockWait, 600, 9000)])).toEqual(['entry 100-600', '1 600-1100']);
  });

  it('that is a moment has no steps', () => {
    expect(handlerSteps({ ...FAULT, duration: 0 }, [])).toEqual([]);
  });
});
