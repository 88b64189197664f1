import { describe, expect, it } from 'vitest';
import { Recorder } from '#emulator/engine/recorder';
import { FULL_BATCH } from '#model/batch';
import { EventKind, type EventBatch } from '#model/events';

function recorderWithBatches(): { recorder: Recorder; batches: EventBatch[] } {
  const batches: EventBatch[] = [];
  return { recorder: new Recorder((batch) => batches.push(batch)), batches };
}

describe('the recorder', () => {
  it('gives each event its index in the run', () => {
    const { recorder } = recorderWithBatches();
    expect(recorder.record(EventKind.readFault, 0, 10, 5, 4096, 0, 0, 0, -1)).toBe(0);
    expect(recorder.record(EventKind.folioDirtied, 0, 12, 0, 1, 0, 0, 0, 0)).toBe(1);
    expect(recorder.count).toBe(2);
  });

  it('hands on full batches in order, and the rest on flush', () => {
    const { recorder, batches } = recorderWithBatches();
    for (let i = 0; i < FULL_BATCH + 3; i++) recorder.record(EventKind.note, 0, i, 0, 0, 0, 0, 0, -1);
    expect(batches.map((batch) => [batch.first, batch.count])).toEqual([[0, FULL_BATCH]]);
    recorder.flush();
    expect(batches.map((batch) => [batch.first, batch.count])).toEqual([
      [0, FULL_BATCH],
      [FULL_BATCH, 3],
    ]);
    expect(batches[1].time).toHaveLength(3);
  });

  it('goes on after a flush, and leaves alone what was handed on', () => {
    const { recorder, batches } = recorderWithBatches();
    recorder.record(EventKind.note, 0, 5, 0, 0, 0, 0, 0, -1);
    recorder.flush();
    expect(recorder.record(EventKind.note, 0, 7, 0, 0, 0, 0, 0, -1)).toBe(1);
    recorder.flush();
    expect(batches.map((batch) => [batch.first, batch.count, ...batch.time])).toEqual([
      [0, 1, 5],
      [1, 1, 7],
    ]);
  });

  it('holds a batch back until its open event is finished', () => {
    const { recorder, batches } = recorderWithBatches();
    const open = recorder.begin(EventKind.io, 2, 100, 8, 8, 1, -1);
    for (let i = 0; i < FULL_BATCH; i++) recorder.record(EventKind.note, 0, i, 0, 0, 0, 0, 0, -1);
    expect(batches).toHaveLength(0);
    recorder.finish(open, 350, 7);
    expect(batches).toHaveLength(1);
    expect(batches[0].duration[0]).toBe(250);
    expect(batches[0].c[0]).toBe(7);
  });

  it('fills the arrays of a batch that is given back', () => {
    const batches: EventBatch[] = [];
    const spare: EventBatch[] = [];
    const recorder = new Recorder(
      (batch) => batches.push(batch),
      () => spare.pop(),
    );
    for (let i = 0; i < FULL_BATCH; i++) recorder.record(EventKind.io, 3, i, 9, 9, 9, 9, 9, 9);
    recorder.record(EventKind.note, 0, 0, 0, 0, 0, 0, 0, -1);
    spare.push(batches[0]);
    for (let i = 0; i < FULL_BATCH; i++) recorder.record(EventKind.note, 1, i, 0, 0, 0, 0, 0, -1);
    recorder.flush();
    expect(batches.map(({ first, count }) => [first, count])).toEqual([
      [0, FULL_BATCH],
      [FULL_BATCH, FULL_BATCH],
      [2 * FULL_BATCH, 1],
    ]);
    expect(batches[2].time).not.toBe(batches[0].time);
    const { time, duration, lane, c, cause } = batches[2];
    expect([...time, ...duration, ...lane, ...c, ...cause]).toEqual([FULL_BATCH - 1, 0, 1, 0, -1]);
  });
});
