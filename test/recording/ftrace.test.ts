import { describe, expect, it } from 'vitest';
import { EventKind } from '#model/events';
import { fixture, ofKind, runOf } from './support.ts';

const line = (time: string, event: string, task = 'toy-9', flags = 'd....'): string =>
  `             ${task}     [001] ${flags}  ${time}: ${event}\n`;

describe('ftrace text', () => {
  const { run, events, taken, leftAside } = runOf('ftrace', fixture('ftrace.txt'));

  it('tells faults apart by the error code', () => {
    expect(run.metrics.faults).toMatchObject({ read: 2, write: 1, writeProtect: 1 });
    expect(ofKind(events, 'writeProtectFault')[0].address).toBe(0x7f0000004007);
  });

  it('counts a fault as major when its page was not in the cache, with or without a read of the disk', () => {
    expect(run.metrics.faults).toMatchObject({ major: 2, minor: 2 });
    expect(taken['faults with a read of the disk in them']).toBe(1);
    expect(taken['faults that found no page and read nothing (holes)']).toBe(1);
  });

  it('lays the faults into the phases that the program marked', () => {
    expect(run.phases.map(({ name, minor, major, dirtyPages }) => [name, minor, major, dirtyPages])).toEqual([
      ['read', 0, 2, 0],
      ['store', 2, 0, 4],
      ['sync', 0, 0, 0],
    ]);
    expect(run.phases[1]).toMatchObject({ startNs: 200_000, endNs: 230_000 });
  });

  it('gives every request its queueing, its service and its cause', () => {
    const [read, write, flush] = ofKind(events, 'io');
    expect(read).toMatchObject({ time: 26e6, duration: 104e6, address: 2048, a: 8, c: 4000 });
    expect(events[read.cause].kind).toBe(EventKind.readFault);
    // Two bios became one request, which counts from the first of them.
    expect(write).toMatchObject({ time: 310e6, duration: 90e6, address: 4096, a: 32, c: 5000 });
    expect(events[write.cause].kind).toBe(EventKind.writeback);
    expect(events[events[write.cause].cause].kind).toBe(EventKind.syscall);
    expect(flush).toMatchObject({ time: 410e6, duration: 40e6, c: 2000 });
    expect(run.metrics.io).toMatchObject({ requests: 3, reads: 1, writes: 1, flushes: 1, readKiB: 4, writtenKiB: 16 });
  });

  it('follows a folio from the store to its blocks', () => {
    const [dirtied] = ofKind(events, 'folioDirtied');
    expect(dirtied).toMatchObject({ address: 4, b: 4 });
    expect(events[dirtied.cause].kind).toBe(EventKind.writeProtectFault);
    expect(ofKind(events, 'blocksReserved')[0]).toMatchObject({ address: 4, b: 16, cause: dirtied.cause });
    expect(ofKind(events, 'blocksInstantiated')[0]).toMatchObject({ address: 4, b: 16 });
    expect(run.metrics.blocks.instantiatedKiB).toBe(16);
    expect(run.metrics.pages).toEqual({ dirtied: 4, storedTo: 2 });
    expect(ofKind(events, 'folioRemoved')[0]).toMatchObject({ address: 4, b: 4 });
  });

  it('says what it leaves aside', () => {
    expect(leftAside).toMatchObject({
      'events sched_switch': 1,
      'events xfs_write_fault': 1,
      'events lost by the kernel': 12,
    });
    expect(run.filesystem).toBe('xfs');
  });

  it('reads trace-cmd report with the name of an instance, and commands with spaces', () => {
    const { run, events, leftAside } = runOf('ftrace', fixture('trace-cmd.txt'));
    expect(run.lanes.some(({ name }) => name === 'my app-77')).toBe(true);
    expect(run.metrics).toMatchObject({
      faults: { write: 1 },
      blocks: { instantiatedKiB: 4 },
      kernel: { directReclaims: 1, pagesReclaimed: 30, throttledNs: 10e6 },
    });
    expect(ofKind(events, 'blocksReserved')[0].address).toBe(3);
    expect(ofKind(events, 'syscall')[0]).toMatchObject({ b: 3, duration: 40e6 });
    expect(ofKind(events, 'journalCommit')[0].duration).toBe(10e6);
    expect(ofKind(events, 'directReclaim')[0]).toMatchObject({ b: 32, c: 30, duration: 20e6 });
    expect(run.lanes[ofKind(events, 'directReclaim')[0].lane].group).toBe('thread');
    expect(ofKind(events, 'sigbus')).toHaveLength(1);
    expect(leftAside).toEqual({});
  });

  it('reads block lines with and without an I/O priority', () => {
    const { run, events } = runOf(
      'ftrace',
      line('1.000000', 'block_rq_issue: 8,0 W 4096 () 100 + 8 [kworker/0:1]') +
        line('1.000050', 'block_rq_complete: 8,0 W () 100 + 8 [0]') +
        line('1.000100', 'block_rq_issue: 8,0 WFS 512 () 300 + 1 rt,0,4 [x]') +
        line('1.000150', 'block_rq_complete: 8,0 WFS () 300 + 1 rt,0,4 [0]'),
    );
    expect(ofKind(events, 'io').map((e) => e.duration)).toEqual([50e6, 50e6]);
    expect(run.metrics.io.writtenKiB).toBe(4.5);
  });

  it('completes a request part by part', () => {
    const { events } = runOf(
      'ftrace',
      line('1.000000', 'block_rq_issue: 8,0 R 8192 () 100 + 16 [x]') +
        line('1.000010', 'block_rq_complete: 8,0 R () 100 + 8 [0]') +
        line('1.000030', 'block_rq_complete: 8,0 R () 108 + 8 [0]'),
    );
    expect(ofKind(events, 'io')).toMatchObject([{ duration: 30e6 }]);
  });

  it('reads times in ns and thread groups', () => {
    const { events } = runOf(
      'ftrace',
      '  a-1  (  1) [000] ..... 1.000000001: page_fault_user: address=0x1000 ip=0x0 error_code=0x4\n  a-1  (-------) [000] ..... 1.000000501: page_fault_user: address=0x2000 ip=0x0 error_code=0x4\n',
    );
    expect(events.map((e) => e.time)).toEqual([0, 500_000]);
  });

  it('leaves functions and stacks aside', () => {
    const { leftAside } = runOf(
      'ftrace',
      line('1.000000', 'do_fault <-handle_mm_fault') +
        line('1.000001', 'page_fault_user: address=0x1000 ip=0x0 error_code=0x4') +
        ' => do_user_addr_fault\n',
    );
    expect(leftAside).toEqual({ 'function calls and stacks': 2 });
  });

  it.each([
    [
      'a word in the middle',
      line('1.000000', 'page_fault_user: address=0x1000 ip=0x0 error_code=0x4') + 'garbage\n',
      ':2: this is no line of a trace',
    ],
    [
      'a line cut short',
      line('1.000000', 'block_rq_issue: 8,0 R 4096 () 10'),
      ":1: the event's fields are not understood",
    ],
    [
      'a clock without seconds',
      line('1234567', 'page_fault_user: address=0x1000 ip=0x0 error_code=0x4'),
      'the time is not in seconds',
    ],
    ['a time out of range', line('99999999999999.000000', 'x: y'), 'the time is out of range'],
    [
      'too many sectors',
      line('1.000000', 'block_rq_issue: 8,0 R 4096 () 10 + 99999999999 [x]'),
      'the number of sectors is out of range',
    ],
    ['no event at all', '# tracer: nop\n', 'there are no events'],
  ])('refuses %s with the line', (_name, text, message) => {
    expect(() => runOf('ftrace', text, 'trace.txt')).toThrow(message);
  });
});
