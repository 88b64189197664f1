import { KernelEvents } from './kernel-events.ts';
import type { Head, ImportContext, Importer, Reader } from './importer.ts';
import { Clock } from './recording.ts';
import { hexAt, numberEnd, skipSpaces } from './text.ts';

const EXPECTED = 'a line such as "bash 123 [000] 12.345678: event: fields"';
/**
 * Command, process or process/thread, processor, flags or mode, time, period, event with its subsystem. Every repetition
 * has a bound: lines may be long, and what might be a name or blanks must not be tried in all ways.
 */
const LINE =
  /^\s{0,60}(?:(?:(\S.{0,60}?)\s{1,60})??(?:(-?\d{1,10})\/)?(-?\d{1,10})\s{1,60}(?:\[(\d{1,6})\]\s{1,60})?(?:[^\s\d]\S{0,8}\s{1,60})?)?(\d{1,12})\.(\d{3,9}):\s{1,200}(?:\d{1,20}\s{1,200})?([\w-]{1,100}(?::[\w-]{1,100}){0,3}):(?:\s+(.*))?$/;
/** With -L the name has eight columns, and the processor stands behind the thread without brackets. */
const LATENCY = /^([ \S]{8}) ( *\d+) +\d{1,3} ( *\d+\.\d{3,9}: .*)$/;
/** A line of a call chain: an address and a symbol, or what was called inline. */
const CHAIN = /^\s+[0-9a-f]{1,16} \S|^\s+[0-9a-f]{1,16}$|^\s+\S+ \(inlined\)$|^ {2}\S+$/;
/** What --show-task-events and the like add. */
const RECORD = / PERF_RECORD_\w+/;
const SOFTWARE_FAULTS = /^(?:page-faults|faults|minor-faults|major-faults)(?::|$)/;
const NO_ADDRESS = 'addresses of faults: not in the recording (perf record -d, perf script -F +addr)';
const NOT_TOLD =
  "faults of which perf's event does not say whether they were loads or stores (shown as read faults, not counted as such)";

/** What `perf script` prints: page faults with their addresses, and trace events. */
export const perfScript: Importer = {
  id: 'perf-script',
  label: 'perf script',
  recognises(head: Head): boolean {
    const lines = head.lines.filter(
      (line) =>
        line.trim() !== '' && !line.startsWith('#') && !RECORD.test(line) && (LINE.test(line) || !CHAIN.test(line)),
    );
    return lines.length > 0 && lines.slice(0, 5).every((line) => LINE.test(line));
  },
  read(context: ImportContext): Reader {
    const kernel = new KernelEvents(context);
    const clock = new Clock();
    let events = 0;
    let untold = 0;
    /** A fault with one address: the instruction's, unless a call chain follows. */
    let doubtful: { readonly event: number; readonly address: number } | null = null;
    return {
      by: 'lines',
      line(text) {
        if (text.trim() === '' || text.startsWith('#')) return;
        if (RECORD.test(text)) {
          context.leftAside.add('notes of processes and mappings');
          return;
        }
        const match = LINE.exec(text.replace(LATENCY, '$1 $2 $3'));
        if (match === null) {
          if (events > 0 && CHAIN.test(text)) {
            context.leftAside.add('lines of call chains');
            if (doubtful !== null && doubtful.address > 0) {
              context.recording.setAddress(doubtful.event, doubtful.address);
              untold--;
            }
            doubtful = null;
          } else context.fail('this is no line of perf script', EXPECTED);
          return;
        }
        const [, comm = '<...>', , tid = '0', , seconds, fraction, event, body = ''] = match;
        const time = clock.ps(
          context.within(Number(seconds), 0, 1e11, 'the time'),
          Number(fraction) * 10 ** (9 - fraction.length),
        );
        const thread = kernel.threads.get(
          `${comm}-${tid}`,
          comm,
          // -1 is a thread that perf did not see begin.
          context.within(Math.max(0, Number(tid)), 0, 2 ** 31, 'the process'),
        );
        events++;
        doubtful = null;
        if (SOFTWARE_FAULTS.test(event)) {
          const { address, sure } = addressIn(body);
          const fault = kernel.softwareFault(thread, time, sure ? address : 0, event.startsWith('major') ? 1 : 0);
          if (!sure) {
            untold++;
            doubtful = { event: fault, address };
          }
          context.leftAside.add(NOT_TOLD);
          return;
        }
        const name = event.slice(event.indexOf(':') + 1);
        kernel.event(thread, time, name, body, false);
      },
      end() {
        if (events === 0) context.fail('there are no events in this file', EXPECTED);
        context.leftAside.add(NO_ADDRESS, untold);
        return { kind: 'run', run: kernel.end() };
      },
    };
  },
};

/**
 * `7ff3898e0000 [unknown]  55d64f458397 main`: the address, when two are told. One with a symbol is most likely the
 * instruction; one alone is the address, for instructions come with their symbols.
 */
function addressIn(body: string): { address: number; sure: boolean } {
  const address = hexAt(body, 0);
  if (address < 0) return { address: 0, sure: false };
  const rest = body.slice(skipSpaces(body, numberEnd));
  return { address, sure: rest === '' || /(?:^|\s)[0-9a-f]{6,16}(?:\s|$)/.test(rest) };
}
