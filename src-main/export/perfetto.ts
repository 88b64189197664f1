import { EventKind } from '#model/events';
import { FLOW_COLUMNS, Flows } from './flows.ts';
import { argumentNames, eventName, kindName, laneGroup, laneName, runTitle } from './names.ts';
import {
  BOOT_TIME,
  CLOCK,
  CLOCK_SNAPSHOT,
  DEBUG_ANNOTATION,
  EVENT_TYPE,
  INTERNED,
  INTERNED_DATA,
  PACKET,
  PROCESS_DESCRIPTOR,
  SEQUENCE_FLAG,
  TRACE,
  TRACK_DESCRIPTOR,
  TRACK_EVENT,
} from './perfetto-fields.ts';
import { ProtobufWriter } from './protobuf.ts';
import { CHUNK_SIZE, type Chunks, type ExportSource } from './source.ts';
import { Tracks, type Track } from './tracks.ts';

/** All packets are one writer's. */
const SEQUENCE = 1;
const PID = 1;
/** Identity of the run's process; tracks count on from {@link FIRST_TRACK}. */
const PROCESS_UUID = 1;
const FIRST_TRACK = 1000;
/** Tracks of counters have no slices, so no number of their own in `Tracks`. */
const FIRST_COUNTER = 1;

/** Nanoseconds, the unit of the trace's clock. Rounded down at both ends, so that what nests stays nested. */
const nanoseconds = (ps: number): number => Math.floor(ps / 1000);

/**
 * A Perfetto trace: a lane is a named track (several of one name where its slices overlap), events are slices or
 * instants, counters are counter tracks, and a flow leads from each cause to each effect. Simulated time stands on
 * the boot clock, in ns; every event carries its exact time in ps and all its columns as annotations.
 */
export async function* perfettoTrace(source: ExportSource): Chunks {
  const writer = new PerfettoWriter(source, await Flows.read(source.run.events, source.batches(FLOW_COLUMNS)));
  writer.head();
  for await (const batch of source.batches()) {
    for (let i = 0; i < batch.count; i++) {
      writer.event(
        batch.first + i,
        batch.time[i],
        batch.duration[i],
        batch.lane[i],
        batch.kind[i],
        batch.address[i],
        batch.a[i],
        batch.b[i],
        batch.c[i],
        batch.cause[i],
      );
      if (writer.out.size > CHUNK_SIZE) yield writer.out.take();
    }
  }
  writer.finish();
  yield writer.out.take();
}

/** A string of the trace that is written once and named by its number. */
interface Interned {
  readonly field: number;
  readonly iids: Map<string, number>;
}

class PerfettoWriter {
  readonly out = new ProtobufWriter();
  private readonly source: ExportSource;
  private readonly flows: Flows;
  private readonly tracks = new Tracks((track, end) => this.sliceEnd(track, end));
  private readonly described = new Set<number>();
  private readonly counters = new Set<number>();
  private readonly categories: Interned = { field: INTERNED_DATA.eventCategories, iids: new Map() };
  private readonly names: Interned = { field: INTERNED_DATA.eventNames, iids: new Map() };
  private readonly annotations: Interned = { field: INTERNED_DATA.debugAnnotationNames, iids: new Map() };
  /** Strings that the next packet brings with it. */
  private fresh: { readonly field: number; readonly iid: number; readonly text: string }[] = [];

  constructor(source: ExportSource, flows: Flows) {
    this.source = source;
    this.flows = flows;
  }

  /** Clock and process. */
  head(): void {
    const { out } = this;
    const packet = this.packet(0, SEQUENCE_FLAG.incrementalStateCleared);
    const snapshot = out.begin(PACKET.clockSnapshot);
    const clock = out.begin(CLOCK_SNAPSHOT.clocks);
    out.integer(CLOCK.clockId, BOOT_TIME);
    out.integer(CLOCK.timestamp, 0);
    out.end(clock);
    out.integer(CLOCK_SNAPSHOT.primaryTraceClock, BOOT_TIME);
    out.end(snapshot);
    out.end(packet);
    this.descriptor(PROCESS_UUID, () => {
      const process = out.begin(TRACK_DESCRIPTOR.process);
      out.integer(PROCESS_DESCRIPTOR.pid, PID);
      out.text(PROCESS_DESCRIPTOR.processName, runTitle(this.source.run));
      out.end(process);
    });
  }

  event(
    index: number,
    time: number,
    duration: number,
    lane: number,
    kind: number,
    address: number,
    a: number,
    b: number,
    c: number,
    cause: number,
  ): void {
    const { out } = this;
    const start = nanoseconds(time);
    const isCounter = kind === EventKind.counter;
    let type: number = EVENT_TYPE.counter;
    let uuid: number;
    if (isCounter) uuid = this.counterTrack(lane);
    else if (duration > 0) {
      type = EVENT_TYPE.sliceBegin;
      uuid = this.track(this.tracks.place(lane, start, nanoseconds(time + duration)));
    } else {
      type = EVENT_TYPE.instant;
      uuid = this.track(this.tracks.own(lane));
    }
    const names = argumentNames(kind);
    const categories = [
      this.iid(this.categories, kindName(kind)),
      this.iid(this.categories, laneGroup(this.source.run, lane)),
    ];
    const name = this.iid(this.names, eventName(kind, b));
    const keys = {
      event: this.iid(this.annotations, 'event'),
      time: this.iid(this.annotations, 'time_ps'),
      duration: this.iid(this.annotations, 'duration_ps'),
      lane: this.iid(this.annotations, 'lane'),
      address: this.iid(this.annotations, names.address || 'address'),
      a: this.iid(this.annotations, names.a || 'a'),
      b: this.iid(this.annotations, names.b || 'b'),
      c: this.iid(this.annotations, names.c || 'c'),
      cause: this.iid(this.annotations, 'cause'),
    };
    const packet = this.packet(start, SEQUENCE_FLAG.needsIncrementalState);
    const event = out.begin(PACKET.trackEvent);
    out.integer(TRACK_EVENT.type, type);
    out.integer(TRACK_EVENT.trackUuid, uuid);
    if (isCounter) out.double(TRACK_EVENT.doubleCounterValue, address);
    else {
      for (const category of categories) out.integer(TRACK_EVENT.categoryIids, category);
      out.integer(TRACK_EVENT.nameIid, name);
      this.flowsOf(index, cause);
    }
    this.annotation(keys.event, index);
    this.annotation(keys.time, time);
    if (duration !== 0) this.annotation(keys.duration, duration);
    this.annotation(keys.lane, lane);
    if (!isCounter && (names.address !== '' || address !== 0)) this.annotation(keys.address, address);
    if (names.a !== '' || a !== 0) this.annotation(keys.a, a);
    if (names.b !== '' || b !== 0) this.annotation(keys.b, b);
    if (names.c !== '' || c !== 0) this.annotation(keys.c, c);
    if (cause !== -1) this.annotation(keys.cause, cause);
    out.end(event);
    out.end(packet);
  }

  /** Ends the slices that are still open. */
  finish(): void {
    this.tracks.finish();
  }

  /** An effect's index is the name of the flow that leads to it; 0 is no name, so it counts from 1. */
  private flowsOf(index: number, cause: number): void {
    for (let effect = this.flows.effectOf(index); effect >= 0; effect = this.flows.siblingOf(effect))
      this.out.fixed64(TRACK_EVENT.flowIds, effect + 1);
    if (cause >= 0 && cause < this.source.run.events && cause !== index)
      this.out.fixed64(TRACK_EVENT.terminatingFlowIds, index + 1);
  }

  private annotation(name: number, value: number): void {
    const { out } = this;
    const message = out.begin(TRACK_EVENT.debugAnnotations);
    out.integer(DEBUG_ANNOTATION.nameIid, name);
    if (Number.isSafeInteger(value)) out.integer(DEBUG_ANNOTATION.intValue, value);
    else out.double(DEBUG_ANNOTATION.doubleValue, value);
    out.end(message);
  }

  private sliceEnd(track: Track, end: number): void {
    const { out } = this;
    const packet = this.packet(end, SEQUENCE_FLAG.needsIncrementalState);
    const event = out.begin(PACKET.trackEvent);
    out.integer(TRACK_EVENT.type, EVENT_TYPE.sliceEnd);
    out.integer(TRACK_EVENT.trackUuid, FIRST_TRACK + this.source.run.lanes.length + track.number);
    out.end(event);
    out.end(packet);
  }

  /** Begins a packet; strings not yet told come with it. */
  private packet(timestamp: number, flags: number): number {
    const { out } = this;
    const packet = out.begin(TRACE.packet);
    out.integer(PACKET.timestamp, timestamp);
    out.integer(PACKET.trustedPacketSequenceId, SEQUENCE);
    out.integer(PACKET.sequenceFlags, flags);
    if (this.fresh.length > 0) {
      const data = out.begin(PACKET.internedData);
      for (const { field, iid, text } of this.fresh) {
        const entry = out.begin(field);
        out.integer(INTERNED.iid, iid);
        out.text(INTERNED.name, text);
        out.end(entry);
      }
      out.end(data);
      this.fresh = [];
    }
    return packet;
  }

  private iid({ field, iids }: Interned, text: string): number {
    const known = iids.get(text);
    if (known !== undefined) return known;
    const iid = iids.size + 1;
    iids.set(text, iid);
    this.fresh.push({ field, iid, text });
    return iid;
  }

  private track(track: Track): number {
    const { lanes } = this.source.run;
    const uuid = FIRST_TRACK + lanes.length + track.number;
    if (this.described.has(track.number)) return uuid;
    this.described.add(track.number);
    this.descriptor(uuid, () => {
      this.out.text(TRACK_DESCRIPTOR.name, laneName(this.source.run, track.lane));
      this.out.integer(TRACK_DESCRIPTOR.parentUuid, PROCESS_UUID);
    });
    return uuid;
  }

  private counterTrack(lane: number): number {
    const uuid = FIRST_COUNTER + 1 + lane;
    if (this.counters.has(lane)) return uuid;
    this.counters.add(lane);
    this.descriptor(uuid, () => {
      this.out.text(TRACK_DESCRIPTOR.name, laneName(this.source.run, lane));
      this.out.integer(TRACK_DESCRIPTOR.parentUuid, PROCESS_UUID);
      this.out.end(this.out.begin(TRACK_DESCRIPTOR.counter));
    });
    return uuid;
  }

  private descriptor(uuid: number, body: () => void): void {
    const packet = this.packet(0, SEQUENCE_FLAG.needsIncrementalState);
    const descriptor = this.out.begin(PACKET.trackDescriptor);
    this.out.integer(TRACK_DESCRIPTOR.uuid, uuid);
    body();
    this.out.end(descriptor);
    this.out.end(packet);
  }
}
