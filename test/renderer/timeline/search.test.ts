import { describe, expect, it } from 'vitest';
import { EventKind } from '#model/events';
import { describeCriteria, NO_SEARCH, parsePlace, placesOf, readForm } from '#renderer/timeline/search';
import type { RunInfo } from '#model/run';

const run = {
  phases: [],
  lanes: [
    { name: 'main', group: 'thread' },
    { name: 'main: faults', group: 'fault' },
    { name: 'second', group: 'thread' },
  ],
} as Partial<RunInfo> as RunInfo;

describe('the search form', () => {
  it('asks nothing while it is empty', () => {
    expect(readForm(NO_SEARCH)).toEqual({ criteria: null, problems: {} });
    expect(readForm({ ...NO_SEARCH, least: '  ' }).criteria).toBeNull();
  });

  it('gives every criterion', () => {
    const { criteria, problems } = readForm({
      kinds: [EventKind.io, EventKind.readFault],
      thread: '1',
      causedBy: String(EventKind.writeProtectFault),
      placeOf: 'sector',
      placeFrom: '2 048',
      placeTo: '0x1000',
      least: '10 us',
      most: '1.5 ms',
    });
    expect(problems).toEqual({});
    expect(criteria).toEqual({
      kinds: [EventKind.readFault, EventKind.io],
      thread: 1,
      causedBy: EventKind.writeProtectFault,
      place: { of: 'sector', from: 2048, to: 4096 },
      duration: { least: 10e6, most: 1.5e9 },
    });
  });

  it('takes one address as its page, and one page or sector as itself', () => {
    const at = (placeOf: 'virtual address' | 'file page') =>
      readForm({ ...NO_SEARCH, placeOf, placeFrom: '4096' }).criteria?.place;
    expect(at('virtual address')).toEqual({ of: 'virtual address', from: 4096, to: 8191 });
    expect(at('file page')).toEqual({ of: 'file page', from: 4096, to: 4096 });
    expect(readForm({ ...NO_SEARCH, placeTo: '9' }).criteria?.place?.from).toBe(0);
  });

  it('says which field it does not understand, and asks what is left', () => {
    const { criteria, problems } = readForm({ ...NO_SEARCH, placeFrom: 'zzz', least: 'long', kinds: [1] });
    expect(Object.keys(problems)).toEqual(['placeFrom', 'least']);
    expect(criteria).toEqual({ kinds: [1] });
    expect(readForm({ ...NO_SEARCH, least: '2 ms', most: '1 ms' }).problems.most).toMatch(/less/);
    expect(readForm({ ...NO_SEARCH, placeFrom: '9', placeTo: '8' }).problems.placeTo).toMatch(/before/);
  });

  it('reads places in decimal and hexadecimal', () => {
    expect(parsePlace('0x7f00 0000 1000')).toBe(0x7f0000001000);
    expect(parsePlace('1_000')).toBe(1000);
    expect(parsePlace('-1')).toBeNull();
    expect(parsePlace('0x')).toBeNull();
  });

  it('offers the places that there are, and says in words what is sought', () => {
    expect(placesOf([EventKind.readFault, EventKind.counter])).toEqual(['virtual address']);
    expect(describeCriteria({ kinds: [EventKind.io], thread: 1, duration: { least: 1e9 }, causedBy: 1 }, run)).toMatch(
      /^I\/O request, of second, following from a read fault, lasting at least 1\sms$/,
    );
    expect(describeCriteria({ place: { of: 'file page', from: 3, to: 3 } }, run)).toBe('at file page 3');
  });
});
