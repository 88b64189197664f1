import { KernelEvents } from './kernel-events.ts';
import type { ImportContext, Importer, Reader } from './importer.ts';
import { Clock } from './recording.ts';
import { ownString } from './text.ts';

const EXPECTED = 'a line such as "1.234 ( 0.005 ms): bash/123 minfault [main+0x10] => /file@0x1000 (d.)"';
/** Milliseconds since the start, duration, command and thread, the rest. */
const LINE = /^\s*(\d+)\.(\d{3}) \(\s*(\d+\.\d+) ms\s*\): (?:(?:(\S.*?)\/)?(\d+) )?\s*(.*)$/;
const FAULT = /^(min|maj)fault \[(.*?)\] => (.*)$/;
/** The address behind the last @ with its map: `/lib/libc.so.6@0x1d4868 (d.)`, `0x55aab6861074 (?k)`. */
const PLACE = /^(?:(.*)@)?0x([0-9a-f]{1,16}) \((.)(.)\)$/;
const CALL = /^([a-z_][a-z0-9_]*)\((.*)\)\s*=\s*(.*)$/;
/** A line of a call chain, far to the right. */
const CHAIN = /^\s{20,}\S/;
/** What -s and -S end with, a table for each thread, and --tool_stats. */
const SUMMARY = /^(?: Summary of events:|Stats:$)/;
/** Lines that the traced program itself may print before the first event. */
const MOST_BEFORE = 1000;
/** A trace event, which has no duration. */
const EVENT = /^\s*\d+\.\d{3} (?:\(\s*\)\s*:? +)?\S.*\/\d+ [\w-]+:[\w-]+\(/;
const NOT_TOLD =
  'faults of which perf does not say whether they were loads or stores (shown as read faults, not counted as such)';
const NOT_PLACED = 'faults whose place is told as an offset in a file (shown at that offset)';

/** What `perf trace -F all` prints: faults as the kernel counts them, and system calls. */
export const perfTrace: Importer = {
  id: 'perf-trace',
  label: 'perf trace',
  recognises(head) {
    const lines = head.lines.filter((line) => line.trim() !== '' && !/^\s*\?/.test(line) && !CHAIN.test(line));
    const first = lines.slice(0, MOST_BEFORE).findIndex((line) => LINE.test(line));
    return (
      first >= 0 &&
      lines.slice(first, first + 3).every((line) => LINE.test(line) || EVENT.test(line) || SUMMARY.test(line))
    );
  },
  read(context: ImportContext): Reader {
    const kernel = new KernelEvents(context);
    const clock = new Clock();
    const files = new Map<string, number>();
    let events = 0;
    let before = 0;
    let summary = false;
    return {
      by: 'lines',
      line(text) {
        if (text.trim() === '') return;
        const match = LINE.exec(text);
        if (match === null) {
          summary ||= SUMMARY.test(text);
          if (summary) {
            context.leftAside.add('lines of the summary');
            return;
          }
          if (events === 0 && !CHAIN.test(text) && !/^\s*\?/.test(text) && ++before <= MOST_BEFORE) {
            context.leftAside.add("lines before the first event (the program's own)");
            return;
          }
          if (EVENT.test(text)) context.leftAside.add('trace events');
          else if (/^\s*\? \(/.test(text) || text.includes('[continued]'))
            context.leftAside.add('calls that began before the recording');
          else if (events > 0 && CHAIN.test(text)) context.leftAside.add('lines of call chains');
          else context.fail('this is no line of perf trace', EXPECTED);
          return;
        }
        const [, ms, us, duration, comm = 'traced', tid = '0', rest] = match;
        const whole = context.within(Number(ms), 0, 1e12, 'the time');
        const time = clock.ps(Math.floor(whole / 1000), (whole % 1000) * 1e6 + Number(us) * 1000);
        const thread = kernel.threads.get(
          `${comm}-${tid}`,
          comm,
          context.within(Number(tid), 0, 2 ** 31, 'the thread'),
        );
        const took = Math.round(context.within(Number(duration), 0, 1e10, 'the duration') * 1e9);
        events++;
        const fault = FAULT.exec(rest);
        if (fault !== null) {
          const place = PLACE.exec(fault[3]);
          if (place === null) context.fail('the place of the fault is not understood', EXPECTED);
          const [, file, hex] = place;
          if (file?.startsWith('/') && !file.startsWith('//anon')) {
            context.leftAside.add(NOT_PLACED);
            if (files.size < 1000) files.set(ownString(file), (files.get(file) ?? 0) + 1);
          }
          kernel.softwareFault(thread, time, Number.parseInt(hex, 16), fault[1] === 'maj' ? 1 : 0, took);
          context.leftAside.add(NOT_TOLD);
          return;
        }
        const call = CALL.exec(rest);
        if (call !== null) {
          kernel.beginCall(thread, time, call[1], 0, false);
          kernel.endCall(thread, time + took, call[3].startsWith('-') ? 1 : 0);
        } else if (/^[a-z_][a-z0-9_]*\(.*(?:\.\.\.)?$/.test(rest)) context.leftAside.add('calls without an end');
        else if (/^[\w-]+:[\w-]+\b/.test(rest)) context.leftAside.add('trace events');
        else context.fail('this is neither a fault nor a system call', EXPECTED);
      },
      end() {
        if (events === 0) context.fail('there are no events in this file', EXPECTED);
        const run = kernel.end();
        return {
          kind: 'run',
          run: { ...run, names: { ...run.names, faultsByFile: [...files].map(([f, n]) => `${f}: ${n}`) } },
        };
      },
    };
  },
};
