import { describe, expect, it } from 'vitest';
import type { Lane } from '#model/events';
import type { RunInfo } from '#model/run';
import { threadName, threadsOf } from '#model/threads';

const lane = (name: string, group: Lane['group']): Lane => ({ name, group });
const runOf = (source: RunInfo['source'], lanes: Lane[], ...threads: number[]): RunInfo =>
  ({ source, lanes, phases: threads.map((thread) => ({ thread })) }) as unknown as RunInfo;

const FORKED = [
  lane('main', 'thread'),
  lane('main: faults', 'fault'),
  lane('page cache', 'page-cache'),
  lane('snapshot', 'thread'),
  lane('snapshot: faults', 'fault'),
  lane('second snapshot', 'thread'),
];

describe('the threads of a run', () => {
  it('are numbered as their lanes are', () => {
    const lanes = [lane('a', 'thread'), lane('a: faults', 'fault'), lane('b', 'thread'), lane('disk', 'disk')];
    expect(threadsOf(runOf('emulated', lanes, 0, 1))).toEqual([
      { thread: 0, name: 'a', lane: 0 },
      { thread: 1, name: 'b', lane: 2 },
    ]);
  });

  it('forked processes are numbered after the threads of the kernel', () => {
    const run = runOf('emulated', FORKED, 0, 0, 4, 5);
    expect(threadsOf(run).map(({ thread }) => thread)).toEqual([0, 4, 5]);
    expect([threadName(run, 4), threadName(run, 5), threadName(run, 1)]).toEqual([
      'snapshot',
      'second snapshot',
      undefined,
    ]);
  });

  it('of a recording are numbered in turn, wherever their lanes stand', () => {
    expect(threadsOf(runOf('recorded', FORKED, 2)).map(({ thread }) => thread)).toEqual([0, 1, 2]);
  });
});
