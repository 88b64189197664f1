import { describe, expect, it } from 'vitest';
import { fixture, ofKind, runOf } from './support.ts';

describe('perf script', () => {
  it('reads trace events, and calls a fault major when it read the disk', () => {
    const { run, events, leftAside } = runOf('perf-script', fixture('perf-script-tracepoints.txt'));
    expect(run.metrics.faults).toMatchObject({ read: 1, writeProtect: 1, major: 1, minor: 1 });
    expect(ofKind(events, 'io')[0]).toMatchObject({ duration: 200e6, cause: ofKind(events, 'readFault')[0].index });
    expect(ofKind(events, 'folioDirtied')).toHaveLength(1);
    expect(leftAside).toEqual({ 'lines of call chains': 1 });
  });

  it('reads page faults with their addresses', () => {
    const { run, events } = runOf('perf-script', fixture('perf-script-faults.txt'));
    expect(events.map((e) => e.address)).toEqual([0x7f0000000000, 0x7f0000001000, 0x7f0000002000, 0]);
    expect(run.metrics.faults).toMatchObject({ read: 0, write: 0, minor: 3, major: 1 });
  });
});

describe('perf trace', () => {
  it('reads faults and system calls', () => {
    const { run, events, leftAside } = runOf('perf-trace', fixture('perf-trace.txt'));
    expect(run.metrics.faults).toMatchObject({ minor: 3, major: 1 });
    expect(ofKind(events, 'readFault').map((e) => e.address)).toEqual([
      0x1ab70, 0x3000, 0x7f0000001000, 0x55aab6861074,
    ]);
    expect(ofKind(events, 'syscall')).toMatchObject([
      { b: 3, duration: 50e6, c: 0 },
      { b: 16, c: 1 },
    ]);
    expect(leftAside['calls that began before the recording']).toBe(1);
  });
});

describe('perf stat', () => {
  it('reads fields with separators', () => {
    const { run, leftAside } = runOf('perf-stat', fixture('perf-stat.csv'));
    expect(run.metrics.faults).toMatchObject({ minor: 1000, major: 200 });
    expect(run.metrics.time.simulatedNs).toBe(5_000_000);
    expect(Object.keys(leftAside)).toEqual([
      'counters not supported or not counted: cycles',
      'readings scaled up by perf: the counter ran only part of the time',
    ]);
  });

  it('sums up intervals', () => {
    const { run, events } = runOf('perf-stat', fixture('perf-stat-interval.csv'));
    expect(run.metrics.faults).toMatchObject({ minor: 22, major: 8 });
    expect(events.map((e) => [e.time, e.address])).toEqual([
      [1_000_100e6, 10],
      [1_000_100e6, 3],
      [2_000_300e6, 20],
      [2_000_300e6, 5],
    ]);
  });

  it('reads JSON', () => {
    const { run } = runOf('perf-stat-json', fixture('perf-stat.jsonl'));
    expect(run.metrics.faults.minor).toBe(34);
  });

  it.each([
    ['perf-stat', '1,,page-faults,1,100.00,,\nx,,page-faults,1,100.00,,\n', ':2: this is no line of perf stat'],
    ['perf-stat-json', '{"event": "x", "counter-value": "1"\n', ':1: this is no line of perf stat'],
    ['perf-stat-json', '{"event": "x", "counter-value": "1e400"}\n', ':1: this is no line of perf stat'],
  ])('%s refuses %j', (format, text, message) => expect(() => runOf(format, text)).toThrow(message));
});

describe('strace', () => {
  const { run, events, leftAside } = runOf('strace', fixture('strace.txt'));

  it('gives every call its duration, its error and its page', () => {
    const calls = ofKind(events, 'syscall');
    expect(calls.map((e) => [e.duration / 1e6, e.c, e.address])).toEqual([
      [20, 0, 0],
      [10, 0, 0],
      [30, 0, 2],
      [1000, 28, 0],
      [2000, 0, 3],
    ]);
  });

  it('shows SIGBUS where it struck', () => {
    expect(ofKind(events, 'sigbus')).toMatchObject([{ address: 0x7f0000005000 }]);
    expect(run.metrics.faults.sigbus).toBe(1);
    expect(leftAside).toEqual({ 'ends of processes': 1 });
  });

  it.each([
    ['1.000000 read(3, "", 1) = 0 <0.1>\n', 'no line of strace'],
    ['1793600000.000100 read(3, "", 1\n', 'the result of the call is missing'],
  ])('refuses %j', (text, message) => expect(() => runOf('strace', text.replace('1.000000', '')).run).toThrow(message));
});

describe('iostat', () => {
  it('reads JSON: rates by their intervals', () => {
    const { run, events } = runOf('iostat-json', fixture('iostat-json.txt'));
    expect(run.metrics.io).toMatchObject({ reads: 200, writes: 100, readKiB: 800, writtenKiB: 400 });
    expect(run.machine).toBe('box');
    expect(events.at(-1)?.time).toBe(2e12);
  });

  it('reads text', () => {
    const { taken } = runOf('iostat', fixture('iostat.txt'));
    expect(taken).toEqual({ figures: 13, samples: 1 });
  });

  it('names the field that is wrong', () => {
    const text = new TextDecoder().decode(fixture('iostat-json.txt')).replace('"r/s": 100.0', '"r/s": "many"');
    expect(() => runOf('iostat-json', text)).toThrow('sysstat.hosts[0].statistics[1].disk[0].r/s');
  });
});
