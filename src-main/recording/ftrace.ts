import { KernelEvents } from './kernel-events.ts';
import type { Head, ImportContext, Importer, Reader } from './importer.ts';
import { Clock } from './recording.ts';
import { decimalAt, numberEnd, skipSpaces, wordEnd } from './text.ts';
import type { Thread } from './threads.ts';

const EXPECTED = 'a line such as "bash-123 [000] d..1. 12.345678: event: fields"';
const COLON = 58;
const DOT = 46;
/** Seconds beyond which a time is no time: thousands of years, as some clocks count from 1970. */
const MOST_SECONDS = 1e11;
const LINE = /^\s*(?:\S+:\s+)?\S.*-\d+\s+(?:\(\s*[\d-]+\)\s+)?\[\d{3,}\]\s*(?:[^\s\d]\S*\s+)?\d+(?:\.\d+)?:\s/;

/** The trace file of Linux' ftrace as text, and what `trace-cmd report` prints. */
export const ftrace: Importer = {
  id: 'ftrace',
  label: 'ftrace text or trace-cmd report',
  recognises(head: Head): boolean {
    if (/^\s*# tracer:/.test(head.text)) return true;
    const lines = head.lines.filter(
      (line) => line !== '' && !line.startsWith('#') && !PREAMBLE.test(line) && !LOST.test(line) && !STACK.test(line),
    );
    return lines.length > 0 && lines.slice(0, 5).every((line) => LINE.test(line) || LATENCY.test(line));
  },
  read: (context: ImportContext): Reader => new FtraceReader(context),
};

/**
 * With the option latency-format: `bash-123     0d..1. 16363us+: event: fields`, processor and flags in one, times in
 * microseconds since the first event, and a mark for how long the next one took to come. `trace-cmd report -l` writes
 * the time in seconds there.
 */
const LATENCY =
  /^\s*(\S.*-\d+)\s+(?:\(\s*[\d-]+\)\s+)?\d+([^\s\d]\S{2,6})\s+(?:(\d+)us.?|(\d+)\.(\d{6,9})) *: +(\S.*)$/;
/** Lines of trace-cmd that are no events: of each file of several, and what it says of formats that it cannot read. */
const PREAMBLE =
  /^(?:(?:\S+:\s+)?cpus=\d+|(?:\S+:\s+)?version = \d+|(?:\S+:\s+)?CPU \d+ is empty|trace-cmd|registering plugin: |\s*\[[\w-]+:[\w-]+\] |\s*Error: |\s*$)/;
/** `CPU:1 [LOST 123 EVENTS]`, `CPU:0 [EVENTS DROPPED]`, `instance: CPU:1 [20266 EVENTS DROPPED]`. */
const LOST = /^(?:\S+:\s+)?(?:CPU:?\s*\d+\s+)?\[?(?:LOST (\d+) EVENTS|(?:(\d+) )?EVENTS DROPPED)\]?/;
/** A line of a stack. */
const STACK = /^\s*=> |^\s+[\w.]+\+0x[0-9a-f]+(?:\/0x[0-9a-f]+)?/;
/** A line of the function_graph tracer: processor, with the time before it when it was asked for; and what it draws. */
const GRAPH = /^\s*(?:\d+\.\d+ +\| +)?\d+\) |^ ?-{20,}$/;
/** An event among the functions, whose time and thread are told (funcgraph-abstime, funcgraph-proc). */
const GRAPH_EVENT = /^\s*(\d+)\.(\d{6,9}) +\| +\d+\) +(\S.*-\d+) +\|.*\/\* (\w+: .*) \*\/\s*$/;
/** An event of the blk tracer: `254,0   Q  WS 1024 + 8 [dd]`. */
const BLK = /^(\d+,\d+)\s+([A-Z]{1,2})\s+([A-Z]+) (.*)$/;
const BLK_EVENTS: Readonly<Record<string, string>> = {
  Q: 'block_bio_queue', M: 'block_bio_backmerge', F: 'block_bio_frontmerge', I: 'block_rq_insert', D: 'block_rq_issue',
  C: 'block_rq_complete', R: 'block_rq_requeue',
}; // prettier-ignore

class FtraceReader {
  readonly by = 'lines';
  private readonly context: ImportContext;
  private readonly kernel: KernelEvents;
  private readonly clock = new Clock();
  private lastTask = '';
  private lastThread: Thread | null = null;
  private events = 0;

  constructor(context: ImportContext) {
    this.context = context;
    this.kernel = new KernelEvents(context);
  }

  line(text: string): void {
    if (text.length === 0 || text.charCodeAt(0) === 35) {
      this.header(text);
      return;
    }
    const bracket = this.cpuAt(text);
    // Trace-cmd writes priorities in brackets, which are no processors when no thread stands before them.
    const thread = bracket < 0 ? null : this.threadOf(text, bracket);
    if (thread === null) {
      const match = LATENCY.exec(text);
      if (match === null) this.odd(text);
      else this.latencyLine(match, text);
      return;
    }
    let at = skipSpaces(text, text.indexOf(']', bracket) + 1);
    // Flags never begin with a digit, times always do.
    let interrupt = false;
    const c = text.charCodeAt(at);
    if (!(c >= 48 && c <= 57)) {
      const end = wordEnd(text, at);
      interrupt = inInterrupt(text, at, end);
      at = skipSpaces(text, end);
    }
    const time = this.timeAt(text, at);
    this.events++;
    this.event(thread, time, text, skipSpaces(text, numberEnd + 1), interrupt);
  }

  end() {
    if (this.events === 0) this.context.fail('there are no events in this file', 'a trace with events');
    return { kind: 'run', run: this.kernel.end() } as const;
  }

  /** Where the name of the event ends decides what it is: a trace event, a system call, a function. */
  private event(thread: Thread, time: number, text: string, from: number, interrupt: boolean): void {
    // `trace-cmd report --ts-diff`: the time since the event before, in parentheses.
    const nameAt = text.startsWith('(+', from) ? skipSpaces(text, text.indexOf(')', from) + 1) : from;
    let end = nameAt;
    for (; end < text.length; end++) {
      const c = text.charCodeAt(end);
      if (c === COLON || c === 32 || c === 40) break;
    }
    const c = text.charCodeAt(end);
    if (c === COLON && end > nameAt) {
      this.kernel.event(thread, time, text.slice(nameAt, end), text.slice(skipSpaces(text, end + 1)), interrupt);
    } else if (text.startsWith('sys_', nameAt)) {
      // `sys_msync(start: 7f.., len: 100000)` and `sys_msync -> 0x0`.
      this.kernel.event(thread, time, text.slice(nameAt, end), text.slice(skipSpaces(text, end)), interrupt);
    } else if (isFunction(text, nameAt)) {
      this.context.leftAside.add('function calls and stacks');
    } else {
      const match = BLK.exec(text.slice(nameAt));
      if (match === null) return this.context.fail('this is no event of a trace', EXPECTED);
      const name = BLK_EVENTS[match[2]];
      if (name === undefined) this.context.leftAside.add(`actions of the block layer: ${match[2]}`);
      else {
        // An empty flush has no place.
        const place = match[4].includes(' + ') ? match[4] : '0 + 0';
        this.kernel.event(thread, time, name, `${match[1]} ${match[3]} ${place}`, interrupt);
      }
    }
  }

  private latencyLine(match: RegExpExecArray, text: string): void {
    const [, task, flags, us, seconds, fraction = '', rest] = match;
    const thread = this.kernel.threads.find(task) ?? this.newThread(task);
    if (thread === null) return this.context.fail('this is no line of a trace', EXPECTED);
    const whole = this.context.within(Number(us ?? seconds), 0, MOST_SECONDS, 'the time');
    const time =
      us === undefined
        ? this.clock.ps(whole, Number(fraction) * 10 ** (9 - fraction.length))
        : this.clock.ps(Math.floor(whole / 1e6), (whole % 1e6) * 1000);
    this.events++;
    this.event(thread, time, text, text.length - rest.length, inInterrupt(flags, 0, flags.length));
  }

  /** Position of the `[` of `[000]`; -1 where there is none. */
  private cpuAt(text: string): number {
    for (let at = text.indexOf('['); at >= 0; at = text.indexOf('[', at + 1)) {
      let i = at + 1;
      for (; i < text.length; i++) {
        const c = text.charCodeAt(i);
        if (c < 48 || c > 57) break;
      }
      if (i - at >= 4 && text.charCodeAt(i) === 93 && text.charCodeAt(at - 1) === 32) return at;
    }
    return -1;
  }

  private threadOf(text: string, bracket: number): Thread | null {
    let end = bracket;
    while (end > 0 && text.charCodeAt(end - 1) === 32) end--;
    if (text.charCodeAt(end - 1) === 41) {
      // The thread group: `(  1977)` or `(-------)`.
      const open = text.lastIndexOf('(', end - 1);
      if (open < 0) return null;
      end = open;
      while (end > 0 && text.charCodeAt(end - 1) === 32) end--;
    }
    const start = skipSpaces(text, 0);
    if (start >= end) return null;
    const task = text.slice(start, end);
    if (task === this.lastTask) return this.lastThread;
    const thread = this.kernel.threads.find(task) ?? this.newThread(task);
    if (thread !== null) {
      this.lastTask = task;
      this.lastThread = thread;
    }
    return thread;
  }

  private newThread(task: string): Thread | null {
    const dash = task.lastIndexOf('-');
    const pid = dash < 0 ? -1 : decimalAt(task, dash + 1);
    if (pid < 0 || numberEnd !== task.length || pid > 2 ** 31) return null;
    // trace-cmd puts the name of the instance in front: `faults:   bash-12`.
    const comm = task.slice(0, dash).replace(/^\S+:\s+/, '');
    return this.kernel.threads.get(task, comm === '' ? '<...>' : comm, pid);
  }

  /** Reads `2261.601896:` and leaves `numberEnd` at the colon. */
  private timeAt(text: string, at: number): number {
    const seconds = decimalAt(text, at);
    if (seconds < 0) return this.context.fail('the time is missing', EXPECTED);
    if (text.charCodeAt(numberEnd) !== DOT)
      return this.context.fail(
        'the time is not in seconds',
        'a trace clock in seconds, such as local, mono or boot: counter, uptime and x86-tsc count ticks',
      );
    const start = numberEnd + 1;
    const fraction = decimalAt(text, start);
    const digits = numberEnd - start;
    if (fraction < 0 || text.charCodeAt(numberEnd) !== COLON)
      return this.context.fail('the time is not understood', EXPECTED);
    this.context.within(seconds, 0, MOST_SECONDS, 'the time');
    return this.clock.ps(seconds, digits === 6 ? fraction * 1000 : fraction * 10 ** (9 - digits));
  }

  private header(text: string): void {
    if (text === '') return;
    if (text.includes('CPU:') && text.includes('LOST')) this.context.leftAside.add('gaps where the kernel lost events');
  }

  /** Lines that are no events: stacks, what trace-cmd prints first, what was lost. */
  private odd(text: string): void {
    const lost = LOST.exec(text);
    if (lost !== null) this.context.leftAside.add('events lost by the kernel', Number(lost[1] ?? lost[2] ?? 1));
    else if (STACK.test(text)) this.context.leftAside.add('function calls and stacks');
    else if (GRAPH.test(text)) this.graphLine(text);
    else if (!PREAMBLE.test(text)) this.context.fail('this is no line of a trace', EXPECTED);
  }

  private graphLine(text: string): void {
    const match = GRAPH_EVENT.exec(text);
    const thread = match === null ? null : (this.kernel.threads.find(match[3]) ?? this.newThread(match[3]));
    if (match === null || thread === null) {
      const event = text.includes('/* ');
      this.context.leftAside.add(event ? 'events among functions without time or thread' : 'function calls and stacks');
      return;
    }
    const [, seconds, fraction, , what] = match;
    const time = this.clock.ps(
      this.context.within(Number(seconds), 0, MOST_SECONDS, 'the time'),
      Number(fraction) * 10 ** (9 - fraction.length),
    );
    this.events++;
    this.event(thread, time, what, 0, false);
  }
}

/** `do_fault <-handle_fault`, `do_fault`, `do_fault();`, and the headings of stacks. */
function isFunction(text: string, nameAt: number): boolean {
  return (
    text.indexOf(' <-', nameAt) > 0 ||
    text.indexOf('()', nameAt) > 0 ||
    text.startsWith('<stack', nameAt) ||
    text.startsWith('<user stack', nameAt) ||
    (nameAt < text.length && !text.includes(' ', nameAt))
  );
}

/** Whether the flags from `at` to `end` tell an interrupt: s, h, H, z, Z for a soft one, a hard one, both, and NMIs. */
function inInterrupt(text: string, at: number, end: number): boolean {
  for (let i = at + 1; i < end; i++) {
    const flag = text.charCodeAt(i);
    if (flag === 115 || flag === 104 || flag === 72 || flag === 122 || flag === 90) return true;
  }
  return false;
}
