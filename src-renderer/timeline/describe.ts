import type { Aggregate, DurationFigures, PageFigures } from '#model/aggregate';
import { AWAITED, EVENT_KINDS, EventKind, FAULT_OUTCOMES, IO_CAUSES, IO_OPERATIONS, LOCKS } from '#model/events';
import type { RunInfo } from '#model/run';
import { threadName } from '#model/threads';
import type { EventRow } from '#model/tile';
import { formatCount, formatKiB } from '../ui/format.ts';
import { labelOf } from './kinds.ts';
import { formatExact, formatSpan } from './time.ts';

/** One line of what an event says about itself. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** `0x7f12 3456 7000`: hexadecimal in groups of four from the right. */
export function formatAddress(address: number): string {
  const digits = Math.max(0, address).toString(16);
  const padded = digits.padStart(Math.ceil(digits.length / 4) * 4, '0');
  return `0x${padded.replace(/(.{4})(?=.)/g, '$1\u202f')}`;
}

/** Where an event happened, in the terms of its kind; empty where it has no place. */
export function placeOf(event: EventRow): string {
  switch (EVENT_KINDS[event.kind]?.address ?? '') {
    case 'virtual address':
      return formatAddress(event.address);
    case 'file page':
      return `page ${formatCount(event.address)}`;
    case 'sector':
      return `sector ${formatCount(event.address)}`;
    case 'value':
      return formatCount(event.address);
    case '':
      return '';
  }
}

/** What the place of an event is called: a counter has a value and not an address. */
export function placeLabel(event: EventRow): string {
  return EVENT_KINDS[event.kind]?.address === 'value' ? 'value' : 'address';
}

/** The kind with what tells it apart from others of it: `I/O write (writeback)`, `write-protect fault`. */
export function titleOf(event: EventRow): string {
  const kind = EVENT_KINDS[event.kind];
  if (kind?.name === 'io' || kind?.name === 'diskPart') {
    if (kind.name === 'diskPart') return 'disk';
    const operation = IO_OPERATIONS[event.b & 15] ?? 'request';
    const cause = IO_CAUSES[event.b >> 4] ?? 'other';
    return `I/O ${operation} (${cause})`;
  }
  return labelOf(event.kind);
}

/**
 * What the three arguments mean, by the names of the kind.
 * @param causes the event's chain: the step it happened in is the one at its root
 */
export function factsOf(event: EventRow, run: RunInfo, causes: readonly EventRow[]): Fact[] {
  const kind = EVENT_KINDS[event.kind];
  if (kind === undefined) return [];
  const root = causes.find((cause) => cause.kind === EventKind.step);
  const facts: Fact[] = [];
  const add = (name: string, value: number): void => {
    if (name === '') return;
    facts.push(factOf(name, name === 'step' ? (root?.b ?? value) : value, event, run));
  };
  add(kind.a, event.a);
  add(kind.b, event.b);
  add(kind.c, event.c);
  if (event.kind === EventKind.counter) facts.push(...watermarkFacts(event, run));
  return facts;
}

/** The counter's watermarks, and how far its value is below or above each. */
function watermarkFacts({ lane, address }: EventRow, run: RunInfo): Fact[] {
  return (run.lanes[lane]?.watermarks ?? []).map(({ name, value }) => ({
    name: `${name} watermark`,
    value: `${formatCount(value)}, ${address < value ? `${formatCount(value - address)} below` : `${formatCount(address - value)} above`}`,
  }));
}

function factOf(name: string, value: number, event: EventRow, run: RunInfo): Fact {
  switch (name) {
    case 'thread':
      return { name, value: threadName(run, value) ?? String(value) };
    case 'step':
      return { name, value: stepName(value, event.a, run) };
    case 'outcome':
      return { name, value: FAULT_OUTCOMES[value] ?? String(value) };
    case 'counter':
      return { name, value: run.lanes[event.lane]?.name ?? String(value) };
    case 'lock':
      return { name, value: LOCKS[value] ?? String(value) };
    case 'awaited':
      return { name, value: AWAITED[value] ?? String(value) };
    case 'operation and cause':
      return { name, value: `${IO_OPERATIONS[value & 15] ?? '?'}, ${IO_CAUSES[value >> 4] ?? 'other'}` };
    case 'sectors':
      return { name: 'size', value: `${formatKiB(value / 2)} (${formatCount(value)} sectors)` };
    case 'queued (ns)':
      return { name: 'queued', value: formatSpan(value * 1000) };
    case 'KiB':
      return { name: 'size', value: formatKiB(value) };
    default:
      return { name, value: formatCount(value) };
  }
}

/** `2: store into every 16th page`. */
function stepName(step: number, thread: number, run: RunInfo): string {
  const phase = run.phases.find((p) => p.step === step && p.thread === thread);
  return phase === undefined ? String(step + 1) : `${step + 1}: ${phase.name}`;
}

/** One event in one line, for the chain and for screen readers: `write-protect fault at 0x7f00 1000`. */
export function lineOf(event: EventRow, run: RunInfo): string {
  if (event.kind === EventKind.step) return `step ${stepName(event.b, event.a, run)}`;
  const place = placeOf(event);
  return place === '' ? titleOf(event) : `${titleOf(event)} at ${place}`;
}

/** The whole chain in one line, from the event back to its root. */
export function chainLine(causes: readonly EventRow[], run: RunInfo): string {
  return causes.map((event) => lineOf(event, run)).join(' ← ');
}

/** Events as comma-separated values, everything exact: times in ns, arguments as recorded. */
export function csvOf(events: readonly EventRow[], run: RunInfo): string {
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  const head = 'event,time_ns,duration_ns,lane,kind,address,a,b,c,cause';
  const lines = events.map(({ index, time, duration, lane, kind, address, a, b, c, cause }) => {
    const names = [run.lanes[lane]?.name ?? String(lane), EVENT_KINDS[kind]?.name ?? String(kind)].map(quoted);
    return [index, time / 1000, duration / 1000, ...names, address, a, b, c, cause].join(',');
  });
  return `${[head, ...lines].join('\n')}\n`;
}

/** A page in the figures of a span: `0x7f00 0000 1000`, `page 12`, `page 12 of file 3`. */
export function pageName({ of, page, file }: PageFigures): string {
  if (of === 'virtual address') return formatAddress(page * 4096);
  return file > 0 ? `page ${formatCount(page)} of file ${file}` : `page ${formatCount(page)}`;
}

/** The figures of a span as comma-separated values, by kind and then by page; times exact in ns. */
export function aggregateCsv({ kinds, pages }: Aggregate): string {
  const line = (by: string, name: string | number, row: DurationFigures): string =>
    [by, name, row.events, ...[row.sum, row.mean, row.p50, row.p99].map((ps) => ps / 1000)].join(',');
  const lines = [
    'by,name,events,sum_ns,mean_ns,p50_ns,p99_ns',
    ...kinds.map((row) => line('kind', EVENT_KINDS[row.kind]?.name ?? row.kind, row)),
    ...pages.map((row) =>
      row.of === 'virtual address'
        ? line('address', `0x${(row.page * 4096).toString(16)}`, row)
        : line('file page', `${row.file}:${row.page}`, row),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** An event as text for the clipboard, everything exact. */
export function copyText(causes: readonly EventRow[], run: RunInfo): string {
  const event = causes[0];
  const lines = [
    `${titleOf(event)} (event ${event.index} of run ${run.id})`,
    `time: ${formatExact(event.time)}`,
    `duration: ${formatExact(event.duration)}`,
    `lane: ${run.lanes[event.lane]?.name ?? event.lane}`,
  ];
  const place = placeOf(event);
  if (place !== '') lines.push(`${EVENT_KINDS[event.kind]?.address ?? 'place'}: ${place}`);
  for (const fact of factsOf(event, run, causes)) lines.push(`${fact.name}: ${fact.value}`);
  lines.push(`chain: ${chainLine(causes, run)}`);
  return lines.join('\n').replace(/[\u202f\u00a0]/g, ' ');
}
