import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { perfettoTrace } from '#export/perfetto';
import { EventKind } from '#model/events';
import { describeWithTool } from '../support/requirement.ts';
import { readPerfetto } from './perfetto-reader.ts';
import { bytesOf, rowsOf, sampleSource, sourceOfRows } from './support.ts';

const source = sampleSource(3000);

describe('a Perfetto trace', () => {
  it('is read back to the same events', async () => {
    const trace = readPerfetto(await bytesOf(perfettoTrace(source)));
    expect(trace.rows).toEqual(await rowsOf(source));
  });

  it('keeps what is negative, large, fractional or of no kind it knows the arguments of', async () => {
    const rows = [
      {
        kind: EventKind.io,
        duration: 1,
        time: 2 ** 53 - 2,
        address: 2 ** 48,
        a: -1,
        b: 2 ** 31 - 1,
        c: -(2 ** 31),
        lane: 6,
      },
      { kind: EventKind.note, a: 7, b: -8, c: 9, address: 1.5 },
      { kind: EventKind.counter, lane: 7, address: -0.25, a: 3 },
    ];
    const odd = sourceOfRows(rows);
    expect(readPerfetto(await bytesOf(perfettoTrace(odd))).rows).toEqual(await rowsOf(odd));
  });

  it('stands on the boot clock, in a process named after the run', async () => {
    const trace = readPerfetto(await bytesOf(perfettoTrace(source)));
    expect(trace.clock).toBe(6);
    expect(trace.process).toContain('P5 on plain-4k');
  });

  it('has a track of its lane’s name for every event, and counter tracks for counters only', async () => {
    const { rows, tracks, trackOf } = readPerfetto(await bytesOf(perfettoTrace(source)));
    rows.forEach((row, i) =>
      expect(tracks.get(trackOf[i])).toEqual({
        name: source.run.lanes[row.lane].name,
        parent: 1,
        isCounter: row.kind === EventKind.counter,
      }),
    );
  });

  it('has every slice at its time in ns, begun and ended', async () => {
    const { rows, slices } = readPerfetto(await bytesOf(perfettoTrace(source)));
    const expected = rows
      .filter((row) => row.kind !== EventKind.counter && row.duration > 0)
      .map(({ time, duration }) => `${Math.floor(time / 1000)} ${Math.floor((time + duration) / 1000)}`);
    const read = [...slices.values()].flat().map(([begin, end]) => `${begin} ${end}`);
    expect(read.sort()).toEqual(expected.sort());
  });

  it('leads a flow from every cause to every effect', async () => {
    const { rows, flows } = readPerfetto(await bytesOf(perfettoTrace(source)));
    const expected = rows.filter((row) => row.cause >= 0 && row.kind !== EventKind.counter);
    expect(flows).toEqual(expected.map((row) => [row.cause, row.index]));
  });
});

/** Perfetto's published field numbers and types, of the messages that are written (see export/perfetto-fields.ts). */
const SCHEMA = `syntax = "proto2";
package perfetto;
message Trace { repeated TracePacket packet = 1; }
message TracePacket {
  optional uint64 timestamp = 8;
  optional uint32 trusted_packet_sequence_id = 10;
  optional ClockSnapshot clock_snapshot = 6;
  optional TrackEvent track_event = 11;
  optional InternedData interned_data = 12;
  optional uint32 sequence_flags = 13;
  optional TrackDescriptor track_descriptor = 60;
}
message ClockSnapshot {
  message Clock { optional uint32 clock_id = 1; optional uint64 timestamp = 2; }
  repeated Clock clocks = 1;
  optional uint32 primary_trace_clock = 2;
}
message Name { optional uint64 iid = 1; optional string name = 2; }
message InternedData {
  repeated Name event_categories = 1;
  repeated Name event_names = 2;
  repeated Name debug_annotation_names = 3;
}
message TrackEvent {
  enum Type { TYPE_UNSPECIFIED = 0; TYPE_SLICE_BEGIN = 1; TYPE_SLICE_END = 2; TYPE_INSTANT = 3; TYPE_COUNTER = 4; }
  repeated uint64 category_iids = 3;
  repeated DebugAnnotation debug_annotations = 4;
  optional Type type = 9;
  optional uint64 name_iid = 10;
  optional uint64 track_uuid = 11;
  optional double double_counter_value = 44;
  repeated fixed64 flow_ids = 47;
  repeated fixed64 terminating_flow_ids = 48;
}
message DebugAnnotation { optional uint64 name_iid = 1; optional int64 int_value = 4; optional double double_value = 5; }
message TrackDescriptor {
  optional uint64 uuid = 1;
  optional string name = 2;
  optional ProcessDescriptor process = 3;
  optional uint64 parent_uuid = 5;
  optional CounterDescriptor counter = 8;
}
message ProcessDescriptor { optional int32 pid = 1; optional string process_name = 6; }
message CounterDescriptor {}
`;

describeWithTool('protoc', 'decoded by protoc', () => {
  it('has no field that Perfetto’s schema does not know, and all its packets', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'faultline-protoc-'));
    try {
      writeFileSync(join(folder, 'trace.proto'), SCHEMA);
      const input = await bytesOf(perfettoTrace(source));
      const raw = spawnSync('protoc', ['--decode_raw'], { input, encoding: 'utf8', maxBuffer: 1 << 28 });
      expect(raw.status).toBe(0);
      const { status, stdout, stderr } = spawnSync(
        'protoc',
        [`--proto_path=${folder}`, '--decode=perfetto.Trace', 'trace.proto'],
        { input, encoding: 'utf8', maxBuffer: 1 << 28 },
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      // An unknown field is printed by its number.
      expect(stdout).not.toMatch(/^\s*\d+(?::| \{)/m);
      const count = (pattern: RegExp): number => stdout.match(pattern)?.length ?? 0;
      const rows = await rowsOf(source);
      expect(count(/type: TYPE_COUNTER/g)).toBe(rows.filter((row) => row.kind === EventKind.counter).length);
      expect(count(/type: TYPE_SLICE_BEGIN/g)).toBe(count(/type: TYPE_SLICE_END/g));
      expect(count(/terminating_flow_ids/g)).toBe(count(/[^_]flow_ids/g));
      expect(stdout.split('\n').filter((line) => line === 'packet {').length).toBe(
        raw.stdout.split('\n').filter((line) => line === '1 {').length,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
