import { EventKind } from '#model/events';
import type { ImportContext, Importer, Reader } from './importer.ts';
import { Clock } from './recording.ts';
import { Threads, type Thread } from './threads.ts';

const EXPECTED = 'a line such as "123 1700000000.123456 msync(0x7f00, 4096, MS_SYNC) = 0 <0.000123>"';
/**
 * Process with its name (-Y), time as seconds or as hours:minutes:seconds, since the line before (-r), number (-n) and
 * instruction (-i), the rest.
 */
const LINE =
  /^(?:\[pid\s+(\d+)(?:<([^>]*)>)?\] |(\d+)(?:<([^>]*)>)?\s+)?(?:(\d{1,12})\.(\d{3,9})|(\d{9,12})|(\d{2}):(\d{2}):(\d{2})(?:\.(\d{3,9}))?) (?:\(\+ *\d+\.\d+\) )?(?:\[\s*(?:[0-9a-f]+|\?+)\] )*(.*)$/;
const REST = 12;
const CALL = /^([a-z_][\w$]*)\((.*)$/;
/** What strace says itself, in the words of old versions, too. */
const MESSAGE = /^(?:strace: |Process \d+ (?:attached|detached|resumed|suspended)|\[ Process PID=)/;
const ATTACHED = /(?:^|strace: )Process (\d+) attached/;
/** A line of a stack (-k), and of the table that -C ends with. */
const STACK = /^ > \S/;
const SUMMARY = /^% time +seconds +usecs\/call/;
const RESUMED = /^<\.\.\. ([a-z_][\w$]*) resumed>(.*)$/;
/** Result and duration at the end of a call. */
const RESULT = /^= (-?\d+|0x[0-9a-f]+|\?)(?: ([A-Z][A-Z0-9]*))?.*?(?:<(\d+)\.(\d{3,9})>)?$/;
/** Calls whose fourth argument is an offset in a file. */
const AT_OFFSET = new Set(['pread64', 'pwrite64', 'preadv', 'pwritev']);
const SPACE = 32;
const CLOSING = 41;
const ERRNO: Readonly<Record<string, number>> = {
  EPERM: 1, ENOENT: 2, EINTR: 4, EIO: 5, EBADF: 9, EAGAIN: 11, ENOMEM: 12, EACCES: 13, EFAULT: 14, EEXIST: 17,
  ENODEV: 19, EINVAL: 22, EFBIG: 27, ENOSPC: 28, EROFS: 30, EDQUOT: 122,
}; // prettier-ignore
const OTHER_ERROR = 255;
/** Mappings of files remembered. */
const MOST_MAPPINGS = 10_000;

/** What `strace -ttt -T` (or `-tt`) prints, of one process or of many (`-f`). */
export const strace: Importer = {
  id: 'strace',
  label: 'strace -ttt -T',
  recognises(head) {
    const lines = head.lines.filter((line) => line !== '' && !MESSAGE.test(line) && !STACK.test(line));
    const is = (line: string): boolean => {
      if (SUMMARY.test(line)) return true;
      const rest = LINE.exec(line)?.[REST];
      return rest !== undefined && (CALL.test(rest) || RESUMED.test(rest) || /^(?:---|\+\+\+) /.test(rest));
    };
    return lines.length > 0 && is(lines[0]) && !SUMMARY.test(lines[0]) && lines.slice(1, 3).every(is);
  },
  read: (context: ImportContext): Reader => new StraceReader(context),
};

class StraceReader {
  readonly by = 'lines';
  private readonly context: ImportContext;
  private readonly threads: Threads;
  private readonly clock = new Clock();
  private readonly mappings = new Map<number, { readonly length: number; readonly offset: number }>();
  private events = 0;
  private untimed = 0;
  private summary = false;
  /** Processes that strace said it attached to; and the one that it traced first, once others have numbers. */
  private readonly attached = new Set<number>();
  private first = 0;
  private unnumbered = false;
  /** The call whose line strace cut in two with a message of its own. */
  private broken: { readonly thread: Thread; readonly time: number } | null = null;

  constructor(context: ImportContext) {
    this.context = context;
    this.threads = new Threads(context);
  }

  line(text: string): void {
    const { context } = this;
    const attached = ATTACHED.exec(text);
    if (attached !== null && this.attached.size < 65_536) this.attached.add(Number(attached[1]));
    if (text === '' || MESSAGE.test(text)) {
      if (text !== '') context.leftAside.add("strace's own messages");
      return;
    }
    if (STACK.test(text)) {
      context.leftAside.add('lines of stacks');
      return;
    }
    this.summary ||= this.events > 0 && SUMMARY.test(text);
    if (this.summary) {
      context.leftAside.add('lines of the summary');
      return;
    }
    const match = LINE.exec(text);
    if (match === null) {
      this.restOfCall(text);
      return;
    }
    this.broken = null;
    let pid = context.within(Number(match[1] ?? match[3] ?? 0), 0, 2 ** 31, 'the process');
    // On a terminal the first process has no number until there are others.
    if (pid === 0) this.unnumbered = true;
    else if (match[1] !== undefined && this.unnumbered && this.first === 0 && !this.attached.has(pid)) this.first = pid;
    if (pid === this.first) pid = 0;
    const fraction = match[6] ?? match[11] ?? '0';
    const whole = match[5] ?? match[7];
    const seconds =
      whole === undefined ? Number(match[8]) * 3600 + Number(match[9]) * 60 + Number(match[10]) : Number(whole);
    const time = this.clock.ps(
      context.within(seconds, 0, 1e11, 'the time'),
      Number(fraction) * 10 ** (9 - fraction.length),
    );
    const thread = this.threads.get(String(pid), match[2] ?? match[4] ?? 'process', pid);
    this.events++;
    this.what(thread, time, match[REST]);
  }

  end() {
    if (this.events === 0) this.context.fail('there are no system calls in this file', EXPECTED);
    this.context.leftAside.add('durations: strace was run without -T', this.untimed);
    return { kind: 'run', run: this.context.recording.finish({ names: { call: this.threads.otherCalls } }) } as const;
  }

  /** A line without a time: what follows a call whose line strace's message about a new process cut in two. */
  private restOfCall(text: string): void {
    const { broken } = this;
    this.broken = null;
    if (broken === null || !(text === ' <unfinished ...>' || resultOf(text) !== null))
      return this.context.fail('this is no line of strace with times', EXPECTED);
    if (text === ' <unfinished ...>') return;
    this.result(broken.thread, broken.time, text, false);
    broken.thread.call = -1;
  }

  private what(thread: Thread, time: number, rest: string): void {
    const { context } = this;
    const resumed = RESUMED.exec(rest);
    if (resumed !== null) {
      if (thread.call < 0) context.leftAside.add('ends of calls that began before the recording');
      else this.result(thread, time, resumed[2], true);
      thread.call = -1;
      return;
    }
    if (rest.startsWith('--- ')) {
      this.signal(thread, time, rest);
      return;
    }
    if (rest.startsWith('+++ ')) {
      context.leftAside.add('ends of processes');
      return;
    }
    const call = CALL.exec(rest);
    if (call === null) return context.fail('this is no system call', EXPECTED);
    const [, name, after] = call;
    const unfinished = after.endsWith('<unfinished ...>') || ATTACHED.test(after);
    if (!unfinished && resultOf(after) === null) return context.fail('the result of the call is missing', EXPECTED);
    thread.call = context.recording.add(
      EventKind.syscall, thread.lane, time, 0, this.pageOf(name, after), thread.number, this.threads.callNumber(name), 0, -1,
    ); // prettier-ignore
    context.taken.add('system calls');
    if (unfinished) {
      if (!after.endsWith('<unfinished ...>')) this.broken = { thread, time };
      return;
    }
    this.result(thread, time, after, false);
    if (name === 'mmap') this.mapped(after);
    thread.call = -1;
  }

  /** Duration and error of a call. A resumed one ends now, whatever it says. */
  private result(thread: Thread, time: number, text: string, resumed: boolean): void {
    const match = resultOf(text);
    if (match === null) return this.context.fail('the result of the call is missing', EXPECTED);
    const [, value, error, seconds, fraction = ''] = match;
    const { recording } = this.context;
    if (resumed) recording.setEnd(thread.call, time);
    else if (seconds === undefined) {
      // Calls that never come back, such as exit, have none.
      if (value !== '?') this.untimed++;
    } else {
      const took = this.context.within(Number(seconds), 0, 1e9, 'the duration') * 1e12;
      recording.setEnd(thread.call, time + took + Number(fraction) * 10 ** (12 - fraction.length));
    }
    if (error !== undefined && value.startsWith('-')) {
      recording.setC(thread.call, ERRNO[error] ?? OTHER_ERROR);
      this.context.taken.add('of which failed');
    }
  }

  private signal(thread: Thread, time: number, rest: string): void {
    const { recording, taken, leftAside } = this.context;
    if (!rest.startsWith('--- SIGBUS')) {
      leftAside.add('signals other than SIGBUS');
      return;
    }
    const address = Number.parseInt(/si_addr=0x([0-9a-f]+)/.exec(rest)?.[1] ?? '0', 16);
    recording.add(EventKind.sigbus, thread.faultLane, time, 0, address, thread.number, 0, 0, -1);
    recording.counts.sigbus++;
    taken.add('SIGBUS');
  }

  /** Remembers where a file was mapped: `NULL, 131072, PROT_..., MAP_SHARED, 3, 0x1000) = 0x7f...`. */
  private mapped(after: string): void {
    const match = /^[^,]+, (\d+), [^,]+, [^,]+, \d+, (0x[0-9a-f]+|0)\)\s*= 0x([0-9a-f]+)/.exec(after);
    if (match === null || this.mappings.size >= MOST_MAPPINGS) return;
    this.mappings.set(Number.parseInt(match[3], 16), { length: Number(match[1]), offset: Number(match[2]) });
  }

  /** Page of the file that a call is about, as far as its arguments tell. */
  private pageOf(name: string, after: string): number {
    if (AT_OFFSET.has(name)) {
      const offset = /, (\d+)\)\s*= /.exec(after)?.[1];
      return offset === undefined ? 0 : Math.floor(Number(offset) / 4096);
    }
    const address = /^0x([0-9a-f]+),/.exec(after)?.[1];
    if (address === undefined) return 0;
    const at = Number.parseInt(address, 16);
    for (const [base, { length, offset }] of this.mappings)
      if (at >= base && at < base + length) return Math.floor((at - base + offset) / 4096);
    return 0;
  }
}

/** The result of a call: behind its last parenthesis, for texts among the arguments may look like one. */
function resultOf(text: string): RegExpExecArray | null {
  for (let at = text.lastIndexOf('= '); at >= 0; at = at === 0 ? -1 : text.lastIndexOf('= ', at - 1)) {
    let before = at;
    while (before > 0 && text.charCodeAt(before - 1) === SPACE) before--;
    if (text.charCodeAt(before - 1) !== CLOSING) continue;
    const match = RESULT.exec(text.slice(at));
    if (match !== null) return match;
  }
  return null;
}
