/** Reads a Perfetto trace back, as far as Faultline writes one. Field numbers: the comments name the messages. */
import { EventKind } from '#model/events';
import type { EventRow } from '#model/tile';
import { argumentNames } from '#export/names';

interface Field {
  readonly field: number;
  readonly value: bigint | Uint8Array;
}

/** Fields of a message in protobuf's wire format. */
function fieldsOf(bytes: Uint8Array): Field[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const field = tag >>> 3;
    switch (tag & 7) {
      case 0:
        fields.push({ field, value: varint() });
        break;
      case 1:
        fields.push({ field, value: view.getBigUint64(at, true) });
        at += 8;
        break;
      case 2: {
        const length = Number(varint());
        fields.push({ field, value: bytes.subarray(at, at + length) });
        at += length;
        break;
      }
      default:
        throw new Error(`wire type ${tag & 7}`);
    }
  }
  return fields;
}

class Message {
  readonly fields: readonly Field[];
  constructor(bytes: Uint8Array) {
    this.fields = fieldsOf(bytes);
  }
  all(field: number): (bigint | Uint8Array)[] {
    return this.fields.filter((entry) => entry.field === field).map((entry) => entry.value);
  }
  number(field: number): number | undefined {
    const value = this.all(field)[0];
    return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : undefined;
  }
  numbers(field: number): number[] {
    return this.all(field).map(Number);
  }
  double(field: number): number | undefined {
    const value = this.all(field)[0];
    return typeof value === 'bigint' ? new Float64Array(BigUint64Array.of(value).buffer)[0] : undefined;
  }
  text(field: number): string | undefined {
    const value = this.all(field)[0];
    return value instanceof Uint8Array ? new TextDecoder().decode(value) : undefined;
  }
  messages(field: number): Message[] {
    return this.all(field).map((value) => new Message(value as Uint8Array));
  }
}

export interface PerfettoTrack {
  readonly name: string;
  readonly parent: number | undefined;
  readonly isCounter: boolean;
}

export interface PerfettoTrace {
  readonly clock: number | undefined;
  readonly process: string | undefined;
  readonly tracks: ReadonlyMap<number, PerfettoTrack>;
  /** The run's events, made again from names and annotations. */
  readonly rows: EventRow[];
  /** Track of each event, parallel to `rows`. */
  readonly trackOf: number[];
  /** Slices by track, as (begin, end) in ns, in the order of their ends. */
  readonly slices: ReadonlyMap<number, readonly (readonly [number, number])[]>;
  /** [cause, effect] of every flow. */
  readonly flows: readonly (readonly [number, number])[];
}

export function readPerfetto(bytes: Uint8Array): PerfettoTrace {
  const tracks = new Map<number, PerfettoTrack>();
  const interned = [1, 2, 3].map(() => new Map<number, string>());
  const rows: EventRow[] = [];
  const trackOf: number[] = [];
  const open = new Map<number, number[]>();
  const slices = new Map<number, [number, number][]>();
  const flowSources = new Map<number, number>();
  const flows: [number, number][] = [];
  let clock: number | undefined;
  let process: string | undefined;
  for (const packet of new Message(bytes).messages(1)) {
    const timestamp = packet.number(8)!;
    for (const snapshot of packet.messages(6)) clock = snapshot.number(2);
    for (const data of packet.messages(12))
      interned.forEach((table, i) => {
        for (const entry of data.messages(i + 1)) table.set(entry.number(1)!, entry.text(2)!);
      });
    for (const track of packet.messages(60)) {
      const owner = track.messages(3)[0];
      if (owner === undefined)
        tracks.set(track.number(1)!, {
          name: track.text(2)!,
          parent: track.number(5),
          isCounter: track.all(8).length > 0,
        });
      else process = owner.text(6);
    }
    const event = packet.messages(11)[0];
    if (event === undefined) continue;
    const type = event.number(9)!;
    const uuid = event.number(11)!;
    if (!tracks.has(uuid)) throw new Error(`an event on track ${uuid}, which nothing describes`);
    if (type === 2) {
      const begin = open.get(uuid)?.pop();
      if (begin === undefined) throw new Error('a slice ends that did not begin');
      slices.set(uuid, [...(slices.get(uuid) ?? []), [begin, timestamp]]);
      continue;
    }
    if (type === 1) open.set(uuid, [...(open.get(uuid) ?? []), timestamp]);
    const row = rowOf(event, interned);
    for (const flow of event.numbers(47)) flowSources.set(flow, row.index);
    for (const flow of event.numbers(48)) flows.push([flow, row.index]);
    rows.push(row);
    trackOf.push(uuid);
  }
  if ([...open.values()].some((starts) => starts.length > 0)) throw new Error('a slice does not end');
  return {
    clock,
    process,
    tracks,
    rows,
    trackOf,
    slices,
    flows: flows.map(([flow, effect]) => [flowSources.get(flow)!, effect] as const),
  };
}

function rowOf(event: Message, [categories, , annotationNames]: readonly Map<number, string>[]): EventRow {
  const values = new Map<string, number>();
  for (const annotation of event.messages(4))
    values.set(annotationNames.get(annotation.number(1)!)!, annotation.number(4) ?? annotation.double(5)!);
  const isCounter = event.number(9) === 4;
  const category = categories.get(event.numbers(3)[0]);
  const kind = isCounter ? EventKind.counter : EventKind[category as keyof typeof EventKind];
  const names = argumentNames(kind);
  return {
    index: values.get('event')!,
    time: values.get('time_ps')!,
    duration: values.get('duration_ps') ?? 0,
    lane: values.get('lane')!,
    kind,
    address: isCounter ? event.double(44)! : (values.get(names.address || 'address') ?? 0),
    a: values.get(names.a || 'a') ?? 0,
    b: values.get(names.b || 'b') ?? 0,
    c: values.get(names.c || 'c') ?? 0,
    cause: values.get('cause') ?? -1,
  };
}
