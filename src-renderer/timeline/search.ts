import { EVENT_KINDS } from '#model/events';
import { threadName } from '#model/threads';
import type { RunInfo } from '#model/run';
import { PLACE_KINDS, type EventCriteria, type PlaceKind } from '#model/search';
import { formatAddress } from './describe.ts';
import { labelOf } from './kinds.ts';
import { formatSpan, parseTime } from './time.ts';

/** What a person filled in: text as typed, empty where nothing is asked. */
export interface SearchForm {
  readonly kinds: readonly number[];
  /** Number of the thread, '' for any. */
  readonly thread: string;
  /** Number of a kind, '' for any. */
  readonly causedBy: string;
  readonly placeOf: PlaceKind;
  readonly placeFrom: string;
  readonly placeTo: string;
  readonly least: string;
  readonly most: string;
}

export const NO_SEARCH: SearchForm = {
  kinds: [],
  thread: '',
  causedBy: '',
  placeOf: 'virtual address',
  placeFrom: '',
  placeTo: '',
  least: '',
  most: '',
};

export type SearchField = keyof SearchForm;

export interface ReadForm {
  /** null while nothing is asked. */
  readonly criteria: EventCriteria | null;
  /** What is wrong with a field, by field; fields with a problem ask nothing. */
  readonly problems: Readonly<Partial<Record<SearchField, string>>>;
}

/** A figure of a place: decimal or 0x hexadecimal, digits in groups if one likes. */
export function parsePlace(text: string): number | null {
  const plain = text.trim().replace(/[\s\u202f_]/gu, '');
  if (!/^(?:0x[0-9a-f]{1,13}|[0-9]{1,15})$/i.test(plain)) return null;
  return Number(plain);
}

/** The criteria that a form asks for. */
export function readForm(form: SearchForm): ReadForm {
  const problems: Partial<Record<SearchField, string>> = {};
  const read = (field: 'placeFrom' | 'placeTo' | 'least' | 'most'): number | undefined => {
    const text = form[field].trim();
    if (text === '') return undefined;
    const isPlace = field.startsWith('place');
    const value = isPlace ? parsePlace(text) : parseTime(text);
    if (value !== null) return value;
    problems[field] = isPlace ? 'a number, such as 0x7f00 0000 1000 or 42' : 'a time, such as 10 µs';
    return undefined;
  };
  const from = read('placeFrom');
  // One page or one sector where only the first is given; of addresses the page.
  const to =
    read('placeTo') ?? (from === undefined ? undefined : form.placeOf === 'virtual address' ? from + 4095 : from);
  const least = read('least');
  const most = read('most');
  if (from !== undefined && to !== undefined && to < from) problems.placeTo = 'not before the first';
  if (least !== undefined && most !== undefined && most < least) problems.most = 'not less than the least';
  const placed = (from !== undefined || to !== undefined) && problems.placeTo === undefined;
  const timed = (least !== undefined || most !== undefined) && problems.most === undefined;
  const criteria: EventCriteria = {
    ...(form.kinds.length === 0 ? {} : { kinds: [...form.kinds].sort((a, b) => a - b) }),
    ...(form.thread === '' ? {} : { thread: Number(form.thread) }),
    ...(form.causedBy === '' ? {} : { causedBy: Number(form.causedBy) }),
    ...(placed ? { place: { of: form.placeOf, from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER } } : {}),
    ...(timed
      ? { duration: { ...(least === undefined ? {} : { least }), ...(most === undefined ? {} : { most }) } }
      : {}),
  };
  return { criteria: Object.keys(criteria).length === 0 ? null : criteria, problems };
}

/** Kinds of places that the run's events have. */
export function placesOf(kinds: readonly number[]): PlaceKind[] {
  return PLACE_KINDS.filter((of) => kinds.some((kind) => EVENT_KINDS[kind]?.address === of));
}

/** The criteria in words, for the list and for screen readers. */
export function describeCriteria(criteria: EventCriteria, run: RunInfo): string {
  const parts: string[] = [];
  if (criteria.kinds !== undefined) parts.push(criteria.kinds.map(labelOf).join(' or '));
  if (criteria.thread !== undefined)
    parts.push(`of ${threadName(run, criteria.thread) ?? `thread ${criteria.thread}`}`);
  if (criteria.causedBy !== undefined) parts.push(`following from a ${labelOf(criteria.causedBy)}`);
  if (criteria.place !== undefined) {
    const { of, from, to } = criteria.place;
    const show = (value: number): string => (of === 'virtual address' ? formatAddress(value) : String(value));
    parts.push(from === to ? `at ${of} ${show(from)}` : `at ${of} ${show(from)} to ${show(to)}`);
  }
  if (criteria.duration?.least !== undefined) parts.push(`lasting at least ${formatSpan(criteria.duration.least)}`);
  if (criteria.duration?.most !== undefined) parts.push(`lasting at most ${formatSpan(criteria.duration.most)}`);
  return parts.join(', ');
}
