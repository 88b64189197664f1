import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chromeTrace, durationText, microseconds } from '#export/chrome';
import { EventKind } from '#model/events';
import { rowsOf, sampleSource, sourceOfRows, textOf } from './support.ts';

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly cat?: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly id?: number;
  readonly args: Readonly<Record<string, number | string>>;
}

const EVENTS = 5000;
const source = sampleSource(EVENTS);
const readTrace = async (from = source): Promise<TraceEvent[]> =>
  (JSON.parse(await textOf(chromeTrace(from))) as { traceEvents: TraceEvent[] }).traceEvents;

describe('a Chrome trace', () => {
  it('has a slice for every event and a sample for every counter event, at their times in µs', async () => {
    const trace = await readTrace();
    const rows = await rowsOf(source);
    const slices = trace.filter(({ ph }) => ph === 'X');
    expect(slices.map(({ args }) => args['event'])).toEqual(
      rows.filter((row) => row.kind !== EventKind.counter).map((row) => row.index),
    );
    for (const { args, ts, dur } of slices) {
      const row = rows[Number(args['event'])];
      expect([Math.round(ts * 1e6), Math.round(dur! * 1e6)]).toEqual([row.time, row.duration]);
    }
    expect(trace.filter(({ ph }) => ph === 'C').map(({ args }) => args['value'])).toEqual(
      rows.filter((row) => row.kind === EventKind.counter).map((row) => row.address),
    );
  });

  it('names a thread for every lane that has slices, and a further one where they overlap', async () => {
    const trace = await readTrace();
    const names = new Map(
      trace.filter(({ name }) => name === 'thread_name').map(({ tid, args }) => [tid, args['name']]),
    );
    const used = new Set(trace.filter(({ ph }) => ph === 'X').map(({ tid }) => tid));
    expect([...names.keys()].sort()).toEqual([...used].sort());
    expect([...names.values()]).toEqual(expect.arrayContaining(['thread 0', 'handler 1', 'disk', 'disk (2)']));
  });

  it('draws an arrow from every cause to its effect, each end inside its slice', async () => {
    const trace = await readTrace();
    const rows = await rowsOf(source);
    const starts = new Map(trace.filter(({ ph }) => ph === 's').map((event) => [event.id, event]));
    const ends = trace.filter(({ ph }) => ph === 'f');
    expect(ends.map(({ id }) => id)).toEqual(
      rows.filter((row) => row.cause >= 0 && row.kind !== EventKind.counter).map((row) => row.index),
    );
    expect(starts.size).toBe(ends.length);
    const slice = new Map(trace.filter(({ ph }) => ph === 'X').map((event) => [event.args['event'], event]));
    for (const { id, tid, ts } of ends) {
      expect(slice.get(id!)).toMatchObject({ tid, ts });
      const start = starts.get(id)!;
      expect(slice.get(rows[id!].cause)).toMatchObject({ tid: start.tid, ts: start.ts });
    }
  });

  it('of an empty run is a trace with a process', async () =>
    expect((await readTrace(sourceOfRows([]))).map(({ name }) => name)).toEqual(['process_name']));

  it('is parsed by the trace engine of Chrome’s developer tools, which finds every slice and arrow', async () => {
    const trace = await readTrace();
    const data = await parseWithTraceEngine(trace);
    const slices = trace.filter(({ ph }) => ph === 'X');
    expect(data.slices).toEqual(slices.map(({ args }) => args['event']).sort((a, b) => Number(a) - Number(b)));
    // The engine tells the ends of an arrow apart by their times, so arrows within one moment are lost to it.
    const starts = new Map(trace.filter(({ ph }) => ph === 's').map(({ id, ts }) => [id, ts]));
    const arrows = trace.filter(({ ph, id, ts }) => ph === 'f' && starts.get(id) !== ts);
    expect(arrows.length).toBeGreaterThan(1000);
    expect(data.flows).toBe(arrows.length);
  });
});

it('a duration ends where the next slice starts, also in doubles', () => {
  const ps = fc.integer({ min: 0, max: 2 ** 50 });
  fc.assert(
    fc.property(ps, ps, (one, other) => {
      const [start, end] = one < other ? [one, other] : [other, one];
      const reached = Number(microseconds(start)) + Number(durationText(start, end));
      expect(reached).toBeLessThanOrEqual(Number(microseconds(end)));
      expect(Math.abs(reached * 1e6 - end)).toBeLessThan(Math.max(1, end * 2 ** -51));
    }),
  );
});

it.each([
  [0, '0'],
  [1, '0.000001'],
  [1_000_000, '1'],
  [12_391_209_063, '12391.209063'],
  [2 ** 53 - 1, '9007199254.740991'],
])('%d ps are %s µs', (ps, text) => expect(microseconds(ps)).toBe(text));

/** What Chrome's trace engine makes of a trace: the events that it placed in its threads' trees, and its flows. */
async function parseWithTraceEngine(trace: readonly TraceEvent[]): Promise<{ slices: unknown[]; flows: number }> {
  // The engine wants a browser's rectangle.
  Object.assign(globalThis, { DOMRect: Object });
  const { TraceModel } = (await import('@paulirish/trace_engine')) as unknown as {
    TraceModel: {
      Model: {
        createWithAllHandlers(): {
          parse(events: readonly TraceEvent[]): Promise<void>;
          parsedTrace(): { data: { Flows: { flows: unknown[] }; Renderer: { entryToNode: Map<TraceEvent, unknown> } } };
        };
      };
    };
  };
  const model = TraceModel.Model.createWithAllHandlers();
  await model.parse(trace);
  const { Flows, Renderer } = model.parsedTrace().data;
  const slices = [...Renderer.entryToNode.keys()].map(({ args }) => args['event']);
  return { slices: slices.sort((a, b) => Number(a) - Number(b)), flows: Flows.flows.length };
}
