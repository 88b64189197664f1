import { describe, expect, it } from 'vitest';
import { documentOf, fixture, ofKind, readAs, recognised, runOf } from './support.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const fails = (format: string, text: string, message: string): void =>
  expect(() => readAs(format, bytes(text))).toThrow(message);

interface Disk {
  readonly latencies: readonly {
    readonly operation: string;
    readonly bytes: number;
    readonly latency: { readonly histogram?: number[][]; readonly quantiles?: number[][] };
  }[];
}

/** A report of fio with one job that read. */
const fio = (version: string, read: object, options = {}): string =>
  JSON.stringify(
    { 'fio version': version, jobs: [{ jobname: 'a', 'job options': { bs: '4k', ...options }, read }] },
    null,
    2,
  );
const clat3 = { N: 10, min: 1000, max: 9000, bins: { 1000: 4, 9000: 6 } };
const read3 = { io_bytes: 40_960, io_kbytes: 40, runtime: 10, total_ios: 10, clat_ns: clat3 };

describe('fio json of other versions and options', () => {
  const first = (text: string) => (documentOf('fio-json', text) as Disk).latencies[0];

  it('of version 2 tells KiB and µs', () => {
    const clat = { min: 100, max: 900, percentile: { '50.000000': 200, '99.000000': 800, '0.00': 0 } };
    const old = fio('fio-2.2.10', { io_bytes: 40, runtime: 10, total_ios: 10, clat });
    expect(first(old).bytes).toBe(4096);
    expect(first(old).latency.quantiles).toEqual([[0, 100e3], [0.5, 200e3], [0.99, 800e3], [1, 900e3]]); // prettier-ignore
  });

  it('of version 2.1 does not tell the number of requests', () => {
    const clat = { min: 100, max: 900, percentile: { '50.000000': 200 } };
    const text = fio('fio-2.1.11', { io_bytes: 44_920, bw: 21, iops: 5, runtime: 2_127_550, clat });
    const { taken, leftAside } = readAs('fio-json', bytes(text));
    expect(taken['latencies: read']).toBe(11_230);
    expect(Object.keys(leftAside).join()).toContain('does not tell them');
  });

  it('of version 2 numbers the bins of json+', () => {
    const bins = { 10: 5, 200: 5, 300: 0, FIO_IO_U_PLAT_BITS: 6, FIO_IO_U_PLAT_VAL: 64, FIO_IO_U_PLAT_NR: 1216 };
    const text = fio('fio-2.16', { io_bytes: 40, runtime: 10, total_ios: 10, clat: { min: 10, max: 290, bins } });
    const { taken } = readAs('fio-json', bytes(text));
    expect(taken['latencies: read']).toBe(10);
    // Bin 200 is the 73rd of the group that begins at 256 µs and has steps of 4: 288 to 292 µs.
    expect(first(text).latency.histogram).toEqual([[10e3, 5], [290e3, 5]]); // prettier-ignore
  });

  it('takes the last of several reports, between the lines of others', () => {
    const report = (n: number) => fio('fio-3.33', { ...read3, total_ios: n, clat_ns: { ...clat3, bins: { 1000: n } } });
    const text = `fio: a warning {\n${report(5)}\n${report(9)}\n\na: (groupid=0, jobs=1): err= 0: pid=1\n`;
    const { taken, leftAside } = readAs('fio-json', bytes(text.replace('warning {', 'warning')));
    expect(taken['latencies: read']).toBe(9);
    expect(leftAside).toMatchObject({
      'reports during the run: the last one was taken': 1,
      'lines after the report': 1,
    });
  });

  it('takes reads and writes that are told as one for both, unless it did one of them only', () => {
    const mixed = fio('fio-3.33', read3, { rw: 'randrw' }).replace('"read"', '"mixed"');
    expect(readAs('fio-json', bytes(mixed)).taken).toMatchObject({ 'latencies: read': 10, 'latencies: write': 10 });
    const writes = fio('fio-3.33', read3, { rw: 'randwrite' }).replace('"read"', '"mixed"');
    expect(readAs('fio-json', bytes(writes)).taken).not.toHaveProperty('latencies: read');
  });

  it('passes over rates that are no numbers', () => {
    const text = fio('fio-2.2.10', { ...read3, bw_agg: 0 }).replace('"bw_agg": 0', '"bw_agg": -nan%');
    expect(readAs('fio-json', bytes(text)).taken['latencies: read']).toBe(10);
  });

  it('says in which report the JSON is broken', () =>
    fails('fio-json', `${fio('fio-3.33', read3)}\n{ "fio version" : "fio-3.33",\n  "jobs" : ]\n`, 'not valid JSON'));
});

describe('fio logs of other options', () => {
  it('with dates begin when the first request began', () => {
    const { events } = runOf(
      'fio-log',
      '1795402371123, 2500000, 0, 4096, 0\n1795402371133, 1000000, 1, 4096, 0\n',
      'a_lat.1.log',
    );
    expect(ofKind(events, 'io').map(({ time, duration }) => [time, duration])).toEqual([
      [0.5e9, 2.5e9],
      [12e9, 1e9],
    ]);
  });

  it('with means and greatest values give the means', () => {
    const { events, leftAside } = runOf(
      'fio-log',
      '100, 41604, 90000, 0, 0, 0\n200, 20301, 80000, 1, 0, 0\n',
      'a_clat.log',
    );
    expect(ofKind(events, 'counter').map((event) => event.a)).toHaveLength(2);
    expect(leftAside['greatest values of intervals: the means were taken']).toBe(2);
  });

  it('are not taken for the counters of perf, nor are terse lines', () =>
    expect(recognised(bytes('3;fio-3.33;t;0;0;16384;93622;23405;175;0;0;0.0;0.0\n'))).toBeNull());
});

describe('Intel MLC of other versions', () => {
  it('names sockets instead of nodes', () => {
    const text = [
      'Intel(R) Memory Latency Checker - v3.1a',
      'Measuring idle latencies (in ns)...',
      '\tMemory node',
      'Socket\t     0\t     1\t',
      '     0\t  67.5\t 125.2\t',
      '     1\t 126.5\t  68.5\t',
      'Measuring cache-to-cache transfer latency (in ns)...',
      'Local Socket L2->L2 HIT  latency\t27.3',
      'Remote Socket LLC->LLC HITM latency (data address homed in writer socket)',
      '\t\t\tReader Socket',
      'Writer Socket     0\t     1\t',
      '            0\t     -\t  83.2\t',
      '            1\t  83.4\t     -\t',
      'Measuring Maximum Memory Bandwidths for the system',
      'Will take several minutes to complete as multiple injection rates will be tried',
      'ALL Reads        :\t216876.52\t',
      'Histogram report of BW in MB/sec across each 1GB region on NUMA node 0',
      'BW_range(MB/sec)\t#_of_1GB_regions',
      '----------------\t----------------',
      '[105000-109999]\t186',
      '',
    ].join('\n');
    const { taken } = readAs('mlc', bytes(text));
    expect(taken).toMatchObject({ tables: 3, 'rows of tables': 7 });
    expect(JSON.stringify(documentOf('mlc', text))).toContain('67.5');
  });
});

describe('ioping of other versions and options', () => {
  it('in its old words', () => {
    const text = '4.0 kb from . (ext3 /dev/root): request=1 time=0.1 ms\n^C\nmin/avg/max/mdev = 0.1/6.2/12.4/5.0 ms\n';
    expect(readAs('ioping', bytes(text)).taken).toEqual({ 'latencies: read': 1 });
  });

  it('with raw statistics between the requests', () => {
    const text =
      '4 KiB <<< /tmp (ext4 /dev/sda 1 GiB): request=2 time=177.6 us\n4 730606 5475 22425220 166229 182652 202825 13265 5 400308244\n';
    expect(readAs('ioping', bytes(text)).taken).toEqual({ 'latencies: read': 1 });
  });

  it('quiet tells figures only', () => {
    const text = [
      '',
      '--- /tmp (ext4 /dev/sda 252.0 GiB) ioping statistics ---',
      '18.6 k requests completed in 951.6 ms, 72.7 MiB read, 19.6 k iops, 76.4 MiB/s',
      'generated 18.6 k requests in 1.00 s, 72.7 MiB, 18.6 k iops, 72.7 MiB/s',
      'min/avg/max/mdev = 33.1 us / 51.1 us / 3.99 ms / 45.4 us',
      '',
    ].join('\n');
    expect(recognised(bytes(text))).toBe('ioping');
    const document = JSON.stringify(documentOf('ioping', text));
    expect(document).toContain('51100');
    expect(document).toContain('18600');
  });
});

describe('iostat for people', () => {
  const text = [
    'Linux 6.1.0 (vm) \t11/23/26 \t_x86_64_\t(2 CPU)',
    '',
    'avg-cpu:  %user   %nice %system %iowait  %steal   %idle',
    '          45.6%    0.0%    8.0%    0.2%    0.0%   46.1%',
    '',
    '     r/s     rkB/s Device',
    '    1.00      1.5M sda',
    '',
    '     w/s     wkB/s Device',
    '    2.00      8.0k sda',
    '',
    'avg-cpu:  %user   %nice %system %iowait  %steal   %idle',
    '          10,0%    0.0%    8.0%    0.2%    0.0%   81.8%',
    '',
    '     r/s     rkB/s Device',
    '    3.00      2.0M sda',
    '',
  ].join('\n');

  it('has the device last, units at figures, and several tables a sample', () => {
    expect(recognised(bytes(text))).toBe('iostat');
    const { run, taken } = runOf('iostat', text);
    expect(taken).toMatchObject({ samples: 2, figures: 18 });
    expect(run.metrics.io).toMatchObject({ reads: 3, readKiB: 2048 });
  });

  it('may tell the processor only', () => {
    const only = text.split('\n').slice(0, 4).join('\n');
    expect(recognised(bytes(`${only}\n`))).toBe('iostat');
    expect(runOf('iostat', `${only}\n`).taken).toMatchObject({ figures: 6 });
  });
});

describe('perf stat among other output', () => {
  it('begins where its first counter stands', () => {
    const text =
      '40+0 records in\n\n98,,page-faults,0.59%,1650570,100.00,53.074,K/sec\n4,,major-faults,1650570,100.00,,\n';
    expect(recognised(bytes(text))).toBe('perf-stat');
    const { taken, leftAside, run } = runOf('perf-stat', text);
    expect(taken).toMatchObject({ 'readings of counters': 2 });
    expect(leftAside).toEqual({ "lines before the first counter (the program's own)": 1 });
    expect(run.metrics.faults).toMatchObject({ major: 4, minor: 94 });
    fails('perf-stat', `${text}nonsense\n`, ':5: this is no line of perf stat');
  });

  it('in JSON, too', () => {
    const text =
      'done\n{"counter-value" : "7.0", "unit" : "", "event" : "page-faults", "event-runtime" : 9, "pcnt-running" : 100.00}\n';
    expect(recognised(bytes(text))).toBe('perf-stat-json');
    expect(runOf('perf-stat-json', text).taken).toMatchObject({ 'readings of counters': 1 });
    fails('perf-stat-json', `${text}done\n`, ':3: this is no line');
  });

  it('as people read it', () => {
    expect(recognised(fixture('perf-stat-text.txt'))).toBe('perf-stat-text');
    const { run, events, leftAside } = runOf('perf-stat-text', fixture('perf-stat-text.txt'));
    expect(ofKind(events, 'counter')).toHaveLength(3);
    expect(run.metrics.faults).toMatchObject({ major: 12, minor: 20_518 });
    expect(run.metrics.time.simulatedNs).toBeCloseTo(2.40321e9, 0);
    expect(leftAside).toMatchObject({
      'counters not supported or not counted: cycles': 1,
      'metrics and remarks': 1,
      'readings scaled up by perf: the counter ran only part of the time': 1,
    });
    fails('perf-stat-text', "\n Performance counter stats for 'x':\n\n  12  faults\nnonsense\n", ':5: this is no line');
  });

  it('as people read intervals, in other languages', () => {
    const text = [
      '#           time             counts unit events',
      '     0.100181843             20.530      page-faults',
      '     0.100181843           1.002,56 msec task-clock',
      '     0.200181843      <not counted>      page-faults',
      '',
    ].join('\n');
    expect(recognised(bytes(text))).toBe('perf-stat-text');
    const { run, events } = runOf('perf-stat-text', text);
    expect(ofKind(events, 'counter')).toHaveLength(2);
    expect(run.metrics.faults).toMatchObject({ minor: 20_530 });
  });

  it('does not count the sums over intervals a second time', () => {
    const text = '     0.100152009,77,,page-faults,728804,100.00,,\n     0.200,3,,page-faults,57596,100.00,,\n';
    for (const sum of ['         summary,80,,page-faults,786400,100.00,,\n', '80,,page-faults,869555,100.00,,\n'])
      expect(runOf('perf-stat', text + sum)).toMatchObject({
        run: { metrics: { faults: { minor: 80 } } },
        leftAside: { 'sums over all intervals': 1 },
      });
  });

  it('with commas in numbers, as some languages have them', () => {
    const { events } = runOf('perf-stat', '1,95;msec;task-clock;1948896;100,00;0,506;CPUs utilized\n');
    expect(ofKind(events, 'counter')).toHaveLength(1);
  });
});

describe('perf trace among other output', () => {
  const fault = '     0.057 ( 0.000 ms): dd/23430 minfault [elf_load+0x28a] => 0x7fc1babb6110 (?k)\n';
  it('begins where its first event stands, and may end with a summary', () => {
    const text = `40+0 records in\n${fault}                                       elf_load ([kernel.kallsyms])\n     3.787 dd/23450 block:block_rq_issue(dev: 266338304, sector: 1)\n\n Summary of events:\n\n dd (23442), 98 events, 71.5%\n`;
    expect(recognised(bytes(text))).toBe('perf-trace');
    expect(runOf('perf-trace', text).leftAside).toMatchObject({
      "lines before the first event (the program's own)": 1,
      'lines of call chains': 1,
      'trace events': 1,
      'lines of the summary': 2,
    });
    fails('perf-trace', `${fault}nonsense\n`, ':2: this is no line of perf trace');
  });
});

describe('perf script of other options', () => {
  it('has call chains with short addresses, and notes of processes', () => {
    const text = [
      '         swapper     0     0.000000: PERF_RECORD_MMAP -1/0: [0xffffffff81000000(0x1208d88) @ 0]: x [kernel.kallsyms]_text',
      'dd 23411 14183.284270:          1 minor-faults: ',
      '\tffffffff81752a2a elf_load+0x28a ([kernel.kallsyms])',
      '\t           1ab70 _start+0x0 (/usr/lib/ld-linux-x86-64.so.2)',
      '\t           helper (inlined)',
      '',
      '              dd 23411 14183.284280:          1 minor-faults:  ffffffff81752a2a elf_load+0x28a',
      '',
    ].join('\n');
    expect(recognised(bytes(text))).toBe('perf-script');
    expect(runOf('perf-script', text)).toMatchObject({
      taken: { faults: 2 },
      leftAside: { 'notes of processes and mappings': 1, 'lines of call chains': 3 },
    });
  });

  it('may leave out the command', () => {
    const text =
      '23417 [001] 14184.558700: exceptions:page_fault_user: address=0x7f580388e408 ip=0x561fe246543d error_code=0x7\n';
    expect(runOf('perf-script', text).taken).toEqual({ 'write-protect faults': 1 });
  });
});

describe('blkparse of old kernels', () => {
  it('has barriers', () => {
    const line = (action: string, time: string) =>
      `  8,0    1       13     ${time}   777  ${action} WBS 100 + 8 [sync]\n`;
    const text = line('Q', '0.000000000') + line('D', '0.001000000') + line('C', '0.002000000');
    expect(runOf('blkparse', text).taken).toEqual({ 'I/O requests: write': 1 });
  });
});

describe('strace of other options', () => {
  it('says more about processes in old versions', () => {
    const text = 'Process 100 attached\n1446123456.123456 open("/x", O_RDONLY) = 3 <0.000015>\nProcess 100 detached\n';
    expect(recognised(bytes(text))).toBe('strace');
    expect(runOf('strace', text).taken).toEqual({ 'system calls': 1 });
  });

  it('has names of processes, instructions and numbers of calls', () => {
    const text = [
      '23546<sh> 1795402527.981480 [  12] [00007f34ad0b2ad7] brk(NULL)   = 0x55de92579000 <0.000007>',
      ' > /usr/lib/ld-linux-x86-64.so.2(_dl_catch_error+0x26f0) [0x1ab70]',
      '23546<sh> 1795402527.981490 [????????????????] +++ exited with 0 +++',
      '% time     seconds  usecs/call     calls    errors syscall',
      '------ ----------- ----------- --------- --------- ----------------',
      ' 37.26    0.000649          15        43           write',
      '',
    ].join('\n');
    expect(recognised(bytes(text))).toBe('strace');
    expect(runOf('strace', text)).toMatchObject({
      taken: { 'system calls': 1 },
      leftAside: { 'lines of stacks': 1, 'lines of the summary': 3, 'ends of processes': 1 },
    });
  });

  it('is cut in two by its own message about a new process', () => {
    const text = [
      '1795402527.522668 vfork(strace: Process 23476 attached',
      ' <unfinished ...>',
      '[pid 23476] 1795402527.522700 getpid() = 23476 <0.000001>',
      '[pid 23475] 1795402527.522800 <... vfork resumed>) = 23476 <0.000132>',
      '',
    ].join('\n');
    expect(runOf('strace', text).taken).toMatchObject({ 'system calls': 2 });
  });
});

describe('bpftrace with other maps', () => {
  it('has stacks as keys, times between, and the program’s own lines before', () => {
    const text =
      'Attaching 1 probe...\nhello\n@c[a b, 1]: 1\n03:02:44\n@ip[\n    main+17\n    start+1\n]: 7\n@t: (1, x)\n';
    expect(recognised(bytes(text))).toBe('bpftrace');
    expect(readAs('bpftrace', bytes(text)).taken).toEqual({ figures: 2 });
    expect(JSON.stringify(documentOf('bpftrace', text))).toContain('main+17;start+1');
    fails('bpftrace', '@ip[\n    main+17\n', 'the key of the last map has no end');
  });

  it('has tuples in JSON', () => {
    const text = '{"type": "map", "data": {"@t": [1,"x"], "@n": 3}}\n';
    expect(readAs('bpftrace-json', bytes(text))).toMatchObject({
      taken: { figures: 1 },
      leftAside: { 'values that are tuples': 1 },
    });
  });
});

describe('ftrace of other options', () => {
  it('in the format for latencies', () => {
    const text = [
      '# tracer: nop',
      '#',
      '#  cmd     pid     |||||| time  |   caller     ',
      '    bash-24410     0d.... 16363us!: page_fault_user: address=0x7ffc6d508de8 ip=0x7f64cc65708e error_code=0x7',
      '  <idle>-0         1d.h1. 16372us : page_fault_user: address=0x562471171098 ip=0x7f64cc61ba9a error_code=0x4',
      '',
    ].join('\n');
    const { taken, events } = runOf('ftrace', text);
    expect(taken).toEqual({ 'write-protect faults': 1, 'read faults': 1 });
    expect([ofKind(events, 'writeProtectFault')[0].time, ofKind(events, 'readFault')[0].time]).toEqual([0, 9e6]);
  });

  it('from the pipe may begin with lost events, and clocks may count from 1970', () => {
    const text =
      'CPU:0 [LOST 107 EVENTS]\n     dd-24500   [000] d.... 1795402371.743001: page_fault_user: address=0x7f3a ip=0x7f3a error_code=0x14\n';
    expect(recognised(bytes(text))).toBe('ftrace');
    expect(runOf('ftrace', text).leftAside).toEqual({ 'events lost by the kernel': 107 });
  });
});
