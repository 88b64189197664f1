import { describe, expect, it } from 'vitest';
import { documentOf, ofKind, readAs, recognised, runOf } from './support.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const lines = (...all: string[]): string => `${all.join('\n')}\n`;

const WRITE_FAULT = 'page_fault_user: address=0x7f0000001000 ip=0x55f0 error_code=0x6';
const READ_FAULT = 'page_fault_user: address=0x7f0000002000 ip=0x55f0 error_code=0x4';

describe('trace-cmd report', () => {
  it('with the processor behind the thread (-l), also where priorities stand in brackets', () => {
    const text = lines(
      'cpus=2',
      `faults:    <...>-640   0d.... 24.969807: ${WRITE_FAULT}`,
      'faults:  kworker/-58   1d..2. 24.969900: sched_switch:         kworker/1:1H:58 [100] S ==> swapper/1:0 [120]',
      `faults:    <...>-640   0d.... 24.969917123: ${READ_FAULT}`,
    );
    expect(recognised(bytes(text))).toBe('ftrace');
    const { taken, leftAside, events } = runOf('ftrace', text);
    expect(taken).toMatchObject({ 'write faults': 1, 'read faults': 1 });
    expect(leftAside).toMatchObject({ 'events sched_switch': 1 });
    expect(ofKind(events, 'readFault')[0].time).toBe(110_123_000);
  });

  it('with the time since the event before (--ts-diff)', () => {
    const text = lines(
      'cpus=1',
      `            bash-12    [000]    24.000001:          ${WRITE_FAULT}`,
      `            bash-12    [000]    24.000062: (+61)    ${READ_FAULT}`,
    );
    expect(recognised(bytes(text))).toBe('ftrace');
    const { events } = runOf('ftrace', text);
    expect(ofKind(events, 'readFault')[0].time).toBe(61e6);
  });

  it('of several files, with stacks, dropped events, and what it cannot read', () => {
    const text = lines(
      '  [ras:mc_event] function mc_event_error_type not defined',
      'a.dat: cpus=2',
      'b.dat: cpus=2',
      `  faults:    bash-12    [000]    24.000001: ${WRITE_FAULT}`,
      '  faults:    bash-12    [000]    24.000002: kernel_stack:         <stack trace >',
      '=> trace_event_raw_event (ffffffff81701ae7)',
      '=> handle_mm_fault (ffffffff81701ae8)',
      'faults: CPU:1 [20266 EVENTS DROPPED]',
      `  faults:    bash-12    [000]    24.000003: ${READ_FAULT}`,
    );
    expect(recognised(bytes(text))).toBe('ftrace');
    const { taken, leftAside } = runOf('ftrace', text);
    expect(taken).toMatchObject({ 'write faults': 1, 'read faults': 1 });
    expect(leftAside).toMatchObject({ 'events lost by the kernel': 20_266, 'function calls and stacks': 2 });
  });

  it('in ticks is refused, for they have no unit', () =>
    expect(() => readAs('ftrace', bytes(`    bash-12    [000]24038969806639: ${WRITE_FAULT}\n`))).toThrow(
      'file.txt:1: the time is not in seconds',
    ));
});

describe('other tracers of ftrace', () => {
  it('blk draws what happens to requests', () => {
    const text = lines(
      '# tracer: blk',
      '#',
      '              wl-23    [001] d..1.    24.176169: 254,0    Q  WS 138417920 + 240 [wl]',
      '              wl-23    [001] d..1.    24.176172: 254,0    G  WS 138417920 + 240 [wl]',
      '              wl-23    [001] d..1.    24.176173: 254,0   UT   N [wl] 1',
      '              wl-23    [001] d..2.    24.176177: 254,0    D  WS 138417920 + 240 [wl]',
      '          <idle>-0     [001] d.s2.    24.176295: 254,0    C  WS 138417920 + 240 [0]',
      '              wl-23    [001] d..2.    24.176300: 254,0    Q FWS [wl]',
      '          <idle>-0     [001] d.s2.    24.176310: 254,0    C FWS 0 [0]',
    );
    const { taken, run, events } = runOf('ftrace', text);
    expect(taken).toMatchObject({ 'I/O requests: write': 1 });
    expect(run.metrics.io).toMatchObject({ writes: 1, writtenKiB: 120 });
    const [io] = ofKind(events, 'io');
    expect([io.address, io.a, io.duration, io.c]).toEqual([138_417_920, 240, 126e6, 8000]);
  });

  it('function_graph has events among functions, which count where time and thread are told', () => {
    const text = lines(
      '# tracer: function_graph',
      '  100.000010 |   0)   bash-123   |               |  exc_page_fault() {',
      `  100.000011 |   0)   bash-123   |               |  /* ${WRITE_FAULT} */`,
      '  100.000013 |   0)   bash-123   | + 12.500 us   |  }',
      ' ------------------------------------------',
      ' 0)    bash-123    =>   dd-124   ',
      ' ------------------------------------------',
      ' 0)   0.500 us    |  do_fault();',
      ` 1)               |  /* ${READ_FAULT} */`,
    );
    const { taken, leftAside, run } = runOf('ftrace', text);
    expect(taken).toEqual({ 'write faults': 1 });
    expect(leftAside).toEqual({ 'function calls and stacks': 6, 'events among functions without time or thread': 1 });
    expect(run.lanes.map(({ name }) => name)).toContain('bash-123');
  });

  it('function may leave out who called, and stacks of the program have no symbols', () => {
    const text = lines(
      '# tracer: function',
      '            bash-12      [000] .....    24.000001: handle_mm_fault',
      '            bash-12      [000] .....    24.000001: do_fault <-handle_mm_fault',
      `            bash-12      [000] d....    24.000002: ${WRITE_FAULT}`,
      '            bash-12      [000] .....    24.000003: <user stack trace>',
      ' =>  <00007f1c10226090>',
    );
    const { taken, leftAside } = runOf('ftrace', text);
    expect(taken).toEqual({ 'write faults': 1 });
    expect(leftAside).toEqual({ 'function calls and stacks': 4 });
  });

  it("Android's own marks are no phases", () => {
    const text = lines(
      '# tracer: nop',
      '    com.tencent-36379 (36379) [010] .... 2940.190402: tracing_mark_write: B|36379|draw',
      '    com.tencent-36379 (36379) [010] .... 2940.190403: tracing_mark_write: E|36379',
      '    com.tencent-36379 (36379) [010] .... 2940.190404: tracing_mark_write: E',
      '    com.tencent-36379 (36379) [010] .... 2940.190405: tracing_mark_write: Every write',
    );
    const { run, leftAside } = runOf('ftrace', text);
    expect(run.phases.map(({ name }) => name)).toEqual(['Every write']);
    expect(leftAside).toEqual({ 'marks of atrace': 3 });
  });

  it('refuses addresses that no machine has', () =>
    expect(() =>
      readAs('ftrace', bytes(lines('# tracer: nop', ` bash-1 [000] d.... 1.000001: ${WRITE_FAULT.replace('7f', 'f'.repeat(17))}`))),
    ).toThrow('file.txt:2: the address is out of range')); // prettier-ignore
});

describe('perf script', () => {
  it('with short names and the processor without brackets (-L)', () => {
    const text = lines(
      `    perf   928   1 24.683683: exceptions:page_fault_user: ${WRITE_FAULT.slice(17)}`,
      `   a b-1 12345  10 24.683783: exceptions:page_fault_user: ${READ_FAULT.slice(17)}`,
    );
    expect(recognised(bytes(text))).toBe('perf-script');
    const { taken, run } = runOf('perf-script', text);
    expect(taken).toMatchObject({ 'write faults': 1, 'read faults': 1 });
    expect(run.lanes.map(({ name }) => name)).toEqual(expect.arrayContaining(['perf-928', 'a b-1-12345']));
  });

  it('with the mode of the processor and the flags of the event (-F +misc,+flags)', () => {
    const { run } = runOf(
      'perf-script',
      `            perf  9285 [001] K     24.683683:       exceptions:page_fault_user:                         ${WRITE_FAULT.slice(17)}\n`,
    );
    expect(run.metrics.faults.write).toBe(1);
    expect(run.lanes.map(({ name }) => name)).toContain('perf-9285');
  });

  it('without threads, and with lines of source in call chains', () => {
    const text = lines('24.277811: page-faults:     55adcdfa3058', '\tffffffff81752a2a elf_load', '  wl.c:12', '24.277911: page-faults:     55adcdfa4058'); // prettier-ignore
    expect(recognised(bytes(text))).toBe('perf-script');
    const { taken, leftAside } = runOf('perf-script', text);
    expect(taken).toEqual({ faults: 2 });
    expect(leftAside).toMatchObject({ 'lines of call chains': 2 });
  });

  it('tells the address of a fault with the instruction, alone, or before a call chain', () => {
    const addresses = (body: string): [number[], number | undefined] => {
      const text = lines(
        `  wl  90 24.277811: page-faults: ${body}`,
        '  wl  90 24.277812: page-faults:     55adcdfa4058',
      );
      const { events, leftAside } = runOf('perf-script', text);
      const missing = Object.entries(leftAside).find(([reason]) => reason.startsWith('addresses'))?.[1];
      return [ofKind(events, 'readFault').map(({ address }) => address), missing];
    };
    const last = 0x55adcdfa4058;
    expect(addresses('55adcdfa3058 [unknown] ffffffff81752a2a elf_load')).toEqual([[0x55adcdfa3058, last], undefined]);
    expect(addresses('55adcdfa3058')).toEqual([[0x55adcdfa3058, last], undefined]);
    expect(addresses('55adcdfa3058 main\n\tffffffff81752a2a elf_load')).toEqual([[0x55adcdfa3058, last], undefined]);
    expect(addresses('ffffffff81752a2a elf_load+0x28a ([kernel.kallsyms])')).toEqual([[0, last], 1]);
    expect(addresses('\n\tffffffff81752a2a elf_load')).toEqual([[0, last], 1]);
  });

  it('has notes at the time 0, which do not begin the recording', () => {
    const text = lines(
      '       perf-exec     0     0.000000: PERF_RECORD_COMM: perf-exec:9089/9089',
      '              wl  9089 24146.277811:          1 page-faults:  ffffffff81752a2a elf_load+0x28a ([kernel.kallsyms])',
      '              wl  9089 24146.277812:          1 page-faults:  ffffffff81752a2a elf_load+0x28a ([kernel.kallsyms])',
    );
    const { run, leftAside } = runOf('perf-script', text);
    expect(run.metrics.time.simulatedNs).toBe(1000);
    expect(leftAside).toMatchObject({ 'notes of processes and mappings': 1 });
  });
});

describe('perf trace and perf stat', () => {
  it('perf trace may leave out names, and end with its own statistics', () => {
    const text = lines(
      '     0.000 ( 0.000 ms): 13359 minfault [elf_load+0x28a] => 0x55ae713b2058 (?k)',
      '     0.053 ( 0.000 ms): 13359 majfault [elf_load+0x28a] => 0x7f8a5b4110 (?k)',
      'Stats:',
      '  vfs_getname : 0',
      ' proc_getname: 0',
    );
    const { taken, leftAside } = runOf('perf-trace', text);
    expect(taken).toEqual({ faults: 1, 'major faults': 1 });
    expect(leftAside).toMatchObject({ 'lines of the summary': 3 });
  });

  it('perf stat -x names control groups behind events, and may separate by blanks', () => {
    const groups = lines('443,,page-faults,/user.slice,302901752,100.00,12.3,K/sec', '<not supported>,,cycles,/,0,100.00,,', '35.80,msec,task-clock,/,302896133,100.00,2.0,CPUs utilized'); // prettier-ignore
    expect(recognised(bytes(groups))).toBe('perf-stat');
    const { run } = runOf('perf-stat', groups);
    expect(run.lanes.map(({ name }) => name)).toEqual(['page-faults of /user.slice', 'task-clock (msec) of /']);
    const blanks = lines('357  page-faults 2785564 100.00 128.161 K/sec', '<not supported>  cycles 0 100.00  ', '2.79 msec task-clock 2785564 100.00 0.292 CPUs utilized'); // prettier-ignore
    expect(recognised(bytes(blanks))).toBe('perf-stat');
    expect(runOf('perf-stat', blanks).run.metrics.faults.minor).toBe(357);
  });

  it('perf stat may list the runs that it repeated (--table)', () => {
    const text = lines(
      " Performance counter stats for 'true' (2 runs):",
      '               356      page-faults               /user.slice      #  148.768 K/sec      ( +-  0.16% )',
      '          # Table of individual measurements:',
      '          0.006195 (+0.000423) ##',
      '          0.004968 (-0.000804) ####',
      '          # Final result:',
      '          0.005772 +- 0.000402 seconds time elapsed  ( +-  6.97% )',
    );
    const { run, taken } = runOf('perf-stat-text', text);
    expect(taken).toMatchObject({ 'faults counted': 356, 'readings of counters': 1 });
    expect(run.metrics.time.simulatedNs).toBe(5_772_000);
    expect(run.lanes[0].name).toBe('page-faults of /user.slice');
  });
});

describe('blkparse', () => {
  const flush = '254,0    1        1     0.000000000  4  D  FF 18446744073709551615 + 0 [kworker]';

  it('writes empty flushes with a length where a format asks for one (-f)', () => {
    const text = lines(flush, flush.replace('D  FF', 'C  FF').replace('0.000000000', '0.000001000'));
    const { taken, events } = runOf('blkparse', text);
    expect(taken).toEqual({ 'I/O requests: flush': 1 });
    expect(ofKind(events, 'io')[0].duration).toBe(1e6);
  });

  it('shows the bytes of passed-through commands, which are no requests', () => {
    const { taken, leftAside } = runOf(
      'blkparse',
      lines(
        '  8,16   1       12     0.000024479   697  D   R 36 (12 00 00 00 24 00 ..) [scsi]',
        '  8,16   1       14     0.000194379     0  C   R (12 00 00 00 24 00 ..) [0]',
        '  8,16   1       15     0.000294379   697  D  FN (    1234) [kworker]',
        '  8,16   1       16     0.000394379     0  C  FN 0 (  100000) [0]',
      ),
    );
    expect(taken).toEqual({ 'I/O requests: flush': 1 });
    expect(leftAside).toEqual({ 'passed-through commands': 2 });
  });

  it('may end with a summary for each process (-s)', () => {
    const { leftAside } = runOf(
      'blkparse',
      lines(flush, 'kworker/u8:1 (44, 45)', ' Reads Queued:           0,        0KiB', ' Allocation wait:        0', ' Completion wait:        0'), // prettier-ignore
    );
    expect(leftAside).toMatchObject({ 'lines of the summary': 4 });
  });
});

describe('strace', () => {
  it('cut in two by its own message goes on behind it', () => {
    const text = lines(
      '1700000000.000100 clone3({flags=CLONE_VM}strace: Process 18 attached',
      ' => {parent_tid=[18]}, 88) = 18 <0.000048>',
      '[pid    18] 1700000000.000200 rseq(0x7f, 0x20 <unfinished ...>',
      '[pid    17] 1700000000.000300 fsync(3) = 0 <0.000100>',
      '[pid    18] 1700000000.000400 <... rseq resumed>) = 0 <0.000200>',
      '[pid    18] 1700000000.000500 exit(0) = ?',
    );
    const { events, run, leftAside } = runOf('strace', text);
    const calls = ofKind(events, 'syscall');
    expect(calls.map(({ duration }) => duration)).toEqual([48e6, 200e6, 100e6, 0]);
    // The first process has no number before there are others: it is the same one.
    expect(calls[2].lane).toBe(calls[0].lane);
    expect(run.lanes.filter(({ group }) => group === 'thread')).toHaveLength(2);
    expect(leftAside).toEqual({});
  });

  it('numbers all processes where it was attached to them', () => {
    const { run } = runOf(
      'strace',
      lines(
        'Process 12 attached',
        '[pid    12] 1400000000.123456 futex(0x7f, FUTEX_WAIT_PRIVATE, 1, NULL <unfinished ...>',
        '[pid    13] 1400000000.123556 read(3, "abc"..., 4096) = 3 <0.000010>',
        '[pid    12] 1400000000.123656 <... futex resumed> )       = 0 <0.000200>',
      ),
    );
    const threads = run.lanes.filter(({ group }) => group === 'thread').map(({ name }) => name);
    expect(threads).toEqual(['process-12', 'process-13']);
  });

  it('takes the result behind the last parenthesis, whatever the arguments look like', () => {
    const { taken, events } = runOf(
      'strace',
      '1700000000.000100 write(1, "a) = -1 EIO <0.5>\\n", 9)    = 9 <0.000010>\n1700000000.1 fsync(3) = -1 EIO (I/O error)\n'.replace('.1 ', '.100000 '),
    ); // prettier-ignore
    expect(taken).toEqual({ 'system calls': 2, 'of which failed': 1 });
    expect(ofKind(events, 'syscall')[0].duration).toBe(10e6);
  });

  it('with names of processes, whole seconds, or times since the line before', () => {
    expect(runOf('strace', '17<dd> 1700000000.000100 fsync(3) = 0 <0.000010>\n').run.lanes[0].name).toBe('dd-17');
    for (const time of ['1700000000', '1700000000.123', '1700000000.000100 (+     0.000101)'])
      expect(recognised(bytes(`${time} fsync(3) = 0 <0.000010>\n`))).toBe('strace');
    expect(recognised(bytes('17 fsync(3) = 0 <0.000010>\n'))).toBe(null);
  });
});

describe('ioping', () => {
  const request = (n: number, time: number, operation = 'read', ignored = false) => ({
    timestamp: 1_700_000_000.5,
    target: { path: '/tmp', fstype: 'ext4', device: '/dev/vda', device_size: 1 << 30 },
    io: { request: n, operation, size: 4096, time, ignored },
  });
  const stat = { timestamp: 1, stat: { count: 3, min: 100, avg: 200, max: 400, mdev: 9 } };
  interface Disk {
    readonly latencies: readonly { readonly operation: string; readonly latency: { readonly histogram: number[][] } }[];
    readonly capacity: { readonly value: number };
  }

  it('in JSON (-J) is a disk with ns as they are', () => {
    const text = JSON.stringify([request(1, 9, 'read', true), request(2, 161_763), request(3, 152_760), request(4, 5, 'write'), stat]); // prettier-ignore
    expect(recognised(bytes(text))).toBe('ioping-json');
    const { leftAside } = readAs('ioping-json', bytes(text));
    expect(leftAside).toMatchObject({ 'warm-up requests': 1, summaries: 1 });
    const disk = documentOf('ioping-json', text) as Disk;
    expect(disk.capacity.value).toBe(1 << 30);
    expect(disk.latencies.map((l) => [l.operation, l.latency.histogram])).toEqual([
      ['read', [[152_760, 1], [161_763, 1]]],
      ['write', [[5, 1]]],
    ]); // prettier-ignore
  });

  it('in JSON with the summary alone (-q) gives its figures, and refuses what is none', () => {
    const { quantities } = documentOf('ioping-json', JSON.stringify([stat])) as { quantities: Record<string, unknown> };
    expect(Object.keys(quantities)).toHaveLength(5);
    expect(quantities['latency, mean']).toMatchObject({ value: 200, unit: 'ns' });
    const wrong = JSON.stringify([request(1, -5)]);
    expect(() => readAs('ioping-json', bytes(wrong))).toThrow('[0].io.time');
  });

  it('with dates (-I), limits of time, and old summaries', () => {
    const text = lines(
      'Nov 23 05:45:25 4 KiB <<< /tmp (ext4 /dev/vda 252.0 GiB): request=2 time=203.6 us',
      '',
      '--- /tmp (ext4 /dev/vda 252.0 GiB) ioping statistics ---',
      '3 requests completed in 584.6 us, 12 KiB read, 5.13 k iops, 20.0 MiB/s',
      '1 too fast, 2 too slow, generated 4 requests in 150.3 ms, 16 KiB, 26 iops, 106.4 KiB/s',
    );
    expect(recognised(bytes(text))).toBe('ioping');
    expect(readAs('ioping', bytes(text)).taken).toEqual({ 'latencies: read': 1 });
    const old = lines('', '--- /dev/sda (device 465.8 GiB) ioping statistics ---', '186 requests completed in 3004.6 ms, 62 iops, 0.2 MiB/s', 'min/avg/max/mdev = 6.4/16.0/26.8/4.7 ms'); // prettier-ignore
    const { quantities } = documentOf('ioping', old) as { quantities: Record<string, unknown> };
    expect(quantities['latency, most']).toMatchObject({ value: 26.8e6, unit: 'ns' });
  });
});

describe('iostat', () => {
  it.each([
    ['rMB/s', 'wMB/s', 2048, 4096],
    ['rkB/s', 'wkB/s', 2, 4],
    ['rsec/s', 'wsec/s', 1, 2],
    ['kB_read/s', 'kB_wrtn/s', 2, 4],
    ['MB_read/s', 'MB_wrtn/s', 2048, 4096],
    ['Blk_read/s', 'Blk_wrtn/s', 1, 2],
  ])('counts %s and %s', (read, write, readKiB, writtenKiB) => {
    const sample = lines(
      `Device             tps    ${read}    ${write}`,
      'sda               5.00     2.00     4.00',
      '',
    );
    const { run } = runOf('iostat', sample + sample);
    expect(run.metrics.io).toMatchObject({ requests: 5, readKiB, writtenKiB });
  });
});

describe('iostat of old versions', () => {
  it('tells the time of day', () => {
    const sample = (time: string): string =>
      lines(
        time,
        'Device:         rrqm/s     r/s     w/s   rsec/s',
        'sda               0.10     1.00     2.00    16.00',
        '',
      );
    const { run, leftAside } = runOf('iostat', sample('Time: 11:59:58 AM') + sample('Time: 12:00:02 PM'));
    expect(run.metrics.io).toMatchObject({ reads: 4, writes: 8, readKiB: 32 });
    expect(Object.keys(leftAside).join()).not.toContain('without a time stamp');
  });

  it('has other names in JSON', () => {
    const disk = [{ disk_device: 'sda', r: 1, w: 2, rkB: 8, wkB: 16, util: 0.3 }];
    const json = JSON.stringify({ sysstat: { hosts: [{ nodename: 'h', statistics: [{ disk }, { disk }] }] } });
    expect(runOf('iostat-json', json).run.metrics.io).toMatchObject({
      reads: 1,
      writes: 2,
      readKiB: 8,
      writtenKiB: 16,
    });
  });
});

describe('bpftrace', () => {
  it('in JSON has what the program printed before the maps, and nothing else between them', () => {
    const probes = '{"type": "attached_probes", "data": {"probes": 2}}';
    const map = '{"type": "map", "data": {"@n": 5}}';
    const { leftAside } = readAs('bpftrace-json', bytes(lines(probes, 'done', '', map)));
    expect(leftAside).toMatchObject({ 'lines that the program printed': 1 });
    expect(() => readAs('bpftrace-json', bytes(lines(probes, map, 'done')))).toThrow(':3: this is no object');
  });

  it('has the same figures of stats() in JSON as in text', () => {
    const text = documentOf('bpftrace', '@st_ns[a, 5]: count 2, average 20, total 40\n');
    const json = documentOf('bpftrace-json', '{"type": "stats", "data": {"@st_ns": {"a, 5": {"count": 2, "average": 20, "total": 40}}}}\n'); // prettier-ignore
    expect(json).toEqual(text);
    expect(Object.keys((text as { quantities: object }).quantities)).toContain('@st_ns[a, 5] average');
  });

  it('of old versions has the edges of 2 GiB in 32 bits', () => {
    const text = '{"type": "hist", "data": {"@a": [{"min": 1073741824, "max": 2147483647, "count": 1}, {"min": -2147483648, "max": 0, "count": 7}]}}\n'; // prettier-ignore
    const { tables } = documentOf('bpftrace-json', text) as { tables: Record<string, { rows: number[][] }> };
    expect(tables['@a'].rows).toEqual([[2 ** 30, 2 ** 31, 1], [2 ** 31, 2 ** 32, 7]]); // prettier-ignore
  });
});

describe('others', () => {
  it('Intel MLC behind the prompt', () => {
    const text = lines(
      '# random reads',
      '> sudo ./mlc --bandwidth_matrix',
      'Intel(R) Memory Latency Checker - v3.11b',
      'Measuring Memory Bandwidths between nodes within system ',
      '                Numa node',
      'Numa node            0       1',
      '       0        161312.2    55389.3',
    );
    expect(readAs('mlc', bytes(text)).taken).toMatchObject({ 'rows of tables': 2 });
  });

  it("valgrind's remarks may begin with two dashes, and have times", () =>
    expect(
      recognised(bytes(lines('==00:00:00:00.000 7== Command: true', '--00:00:00:00.000 7-- ', 'I  0401ab70,3', ' S 1fff000688,8'))),
    ).toBe('lackey')); // prettier-ignore

  it('fio tells the depth of one clone of a job: the device sees all', () => {
    const clat = { N: 2, min: 1, max: 2, bins: { 1: 2 } };
    const text = JSON.stringify({
      'fio version': 'fio-3.33',
      'global options': { ioengine: 'libaio', iodepth: '4' },
      jobs: [{ jobname: 'a', 'job options': { bs: '4k', numjobs: '2' }, read: { io_bytes: 8192, total_ios: 2, clat_ns: clat } }],
    }, null, 2); // prettier-ignore
    const { latencies } = documentOf('fio-json', text) as { latencies: { queueDepth: number }[] };
    expect(latencies[0].queueDepth).toBe(8);
    expect(() => readAs('fio-json', bytes(text.replace('clat_ns', 'none')))).toThrow('no latencies were measured');
  });
});

describe('lines that try every way', () => {
  it.each(['perf-script', 'strace', 'ftrace', 'blkparse', 'perf-stat', 'ioping', 'perf-trace'])(
    '%s refuses half a megabyte of blanks at once',
    (format) => {
      const before = process.cpuUsage().user;
      expect(() => readAs(format, bytes(`x${' '.repeat(500_000)}\n`))).toThrow('file.txt:1');
      // Ways that grow with the square of the length take minutes.
      expect(process.cpuUsage().user - before).toBeLessThan(5e6);
    },
  );
});
