import { EVENT_KINDS, EventKind, type EventBatch, type EventColumn } from '#model/events';
import { formatCount, formatTime } from '#model/units';
import type { Block, Cell } from '#model/report';
import type { RunInfo } from '#model/run';
import { count, kib, subject } from './sentences.ts';
import type { TimeSpan } from './model.ts';

const SECTORS_PER_KIB = 2;

/** What the events that begin in a span of time come to. */
export interface SpanFigures {
  /** Events by kind. */
  readonly events: Float64Array;
  /** Sum of their durations by kind, ps. */
  readonly busy: Float64Array;
  /** Longest of each kind, ps. */
  readonly longest: Float64Array;
  readonly instantiatedKiB: number;
  readonly readKiB: number;
  readonly writtenKiB: number;
}

/** Columns that {@link SpanCounter.add} needs. */
export const SPAN_COLUMNS: readonly EventColumn[] = ['time', 'duration', 'kind', 'a', 'b'];

/** Gathers {@link SpanFigures} while a run's batches stream by. */
export class SpanCounter implements SpanFigures {
  readonly events = new Float64Array(EVENT_KINDS.length);
  readonly busy = new Float64Array(EVENT_KINDS.length);
  readonly longest = new Float64Array(EVENT_KINDS.length);
  instantiatedKiB = 0;
  readKiB = 0;
  writtenKiB = 0;
  private readonly span: TimeSpan;

  constructor(span: TimeSpan) {
    this.span = span;
  }

  add(batch: EventBatch): void {
    const { time, duration, kind, a, b } = batch;
    const { from, to } = this.span;
    for (let i = 0; i < batch.count; i++) {
      if (time[i] < from || time[i] >= to) continue;
      const k = kind[i];
      this.events[k]++;
      this.busy[k] += duration[i];
      if (duration[i] > this.longest[k]) this.longest[k] = duration[i];
      if (k === EventKind.blocksInstantiated) this.instantiatedKiB += b[i];
      else if (k === EventKind.io) {
        const operation = b[i] & 0xf;
        if (operation === 0) this.readKiB += a[i] / SECTORS_PER_KIB;
        else if (operation === 1) this.writtenKiB += a[i] / SECTORS_PER_KIB;
      }
    }
  }
}

/** The span in a sentence. */
export function spanSentence(run: RunInfo, span: TimeSpan, figures: SpanFigures): string {
  const { events } = figures;
  const [read, write, protect] = [EventKind.readFault, EventKind.writeFault, EventKind.writeProtectFault].map(
    (kind) => events[kind],
  );
  const kinds = `${formatCount(read)} read, ${formatCount(write)} write, ${formatCount(protect)} write-protect`;
  const io = `${count(events[EventKind.io], 'I/O request')} (${kib(figures.readKiB)} read, ${kib(figures.writtenKiB)} written)`;
  return `Between ${formatTime(span.from)} and ${formatTime(span.to)}, ${subject(run)} took ${count(read + write + protect, 'fault')} (${kinds}), gave ${kib(figures.instantiatedKiB)} to holes and made ${io}.`;
}

/** The span by kind of event. */
export function spanTable(run: RunInfo, figures: SpanFigures): Block | null {
  const rows = EVENT_KINDS.flatMap(({ label }, kind): Cell[][] => {
    const events = figures.events[kind];
    if (events === 0 || kind === EventKind.counter) return [];
    const timed = figures.busy[kind] > 0;
    return [
      [
        { text: label, number: false },
        { text: formatCount(events), number: true },
        { text: timed ? formatTime(figures.busy[kind]) : '–', number: true },
        { text: timed ? formatTime(figures.busy[kind] / events) : '–', number: true },
        { text: timed ? formatTime(figures.longest[kind]) : '–', number: true },
      ],
    ];
  });
  if (rows.length === 0) return null;
  const head = ['kind', 'events', 'in all', 'mean', 'longest'].map((text, i) => ({ text, number: i > 0 }));
  return { type: 'table', caption: `${subject(run)}: events that begin in the span`, head, rows };
}
