import { parseRwbs } from './block-requests.ts';
import { BlockTrace } from './block-trace.ts';
import type { ImportContext, Importer, Reader } from './importer.ts';
import { Clock } from './recording.ts';

/** First three bytes of every record, as a number; the fourth is the version (linux/blktrace_api.h). */
const MAGIC = 0x656174;
const VERSION = 7;
/** Since Linux 6.19 for those who ask for it: a wider action, other places, 64 bytes (struct blk_io_trace2). */
const WIDE_VERSION = 8;
const RECORD = 48;
const WIDE_RECORD = 64;
/** Bits of the category, in the upper half of the action. */
const Category = {
  read: 1, write: 2, flush: 4, sync: 8, queue: 16, requeue: 32, issue: 64, complete: 128, fs: 256, pc: 512,
  notify: 1024, ahead: 2048, meta: 4096, discard: 8192, drvData: 16384, fua: 32768,
} as const; // prettier-ignore
/** Actions by their numbers, as blkparse names them. */
const ACTIONS = ['', 'Q', 'M', 'F', 'G', 'S', 'R', 'D', 'C', 'P', 'U', 'UT', 'I', 'X', 'B', 'A', 'AB', 'm'];
const NOTIFY = ['processes', 'wall-clock times', 'messages'];
const MOST_PAYLOAD = 65_535;

/** The binary trace of blktrace: one file a processor, or several joined by blkparse -d. */
export const blktrace: Importer = {
  id: 'blktrace',
  label: 'blktrace binary',
  recognises: (head) => endianness(head.bytes) !== null,
  read: (context: ImportContext): Reader => new BlktraceReader(context),
};

/** True for little-endian, false for big-endian, null for neither. */
function endianness(bytes: Uint8Array): boolean | null {
  if (bytes.length < 4) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 4);
  if (view.getUint32(0, true) >>> 8 === MAGIC) return true;
  return view.getUint32(0, false) >>> 8 === MAGIC ? false : null;
}

class BlktraceReader {
  readonly by = 'bytes';
  private readonly context: ImportContext;
  private readonly trace: BlockTrace;
  private readonly clock = new Clock();
  private rest = new Uint8Array(0);
  private little: boolean | null = null;
  private offset = 0;
  /** Bytes of payload still to be passed over. */
  private skip = 0;
  /** Command of each process, as told by notes. */
  private readonly commands = new Map<number, string>();
  private note: { pid: number; left: number; text: number[] } | null = null;

  constructor(context: ImportContext) {
    this.context = context;
    this.trace = new BlockTrace(context);
  }

  bytes(chunk: Uint8Array): void {
    let bytes = chunk;
    if (this.rest.length > 0) {
      bytes = new Uint8Array(this.rest.length + chunk.length);
      bytes.set(this.rest);
      bytes.set(chunk, this.rest.length);
    }
    let at = 0;
    while (at < bytes.length) {
      if (this.skip > 0) {
        const part = Math.min(this.skip, bytes.length - at);
        if (this.note !== null) for (let i = 0; i < part; i++) this.note.text.push(bytes[at + i]);
        this.skip -= part;
        at += part;
        this.offset += part;
        if (this.skip === 0) this.endNote();
        continue;
      }
      if (bytes.length - at < RECORD) break;
      const wide = this.isWide(bytes, at);
      const size = wide ? WIDE_RECORD : RECORD;
      if (bytes.length - at < size) break;
      this.record(new DataView(bytes.buffer, bytes.byteOffset + at, size), wide);
      at += size;
      this.offset += size;
    }
    this.rest = bytes.slice(at);
  }

  end() {
    this.context.byte = this.offset;
    if (this.rest.length > 0 || this.skip > 0)
      this.context.fail(
        'the file ends in the middle of a record',
        'whole records of 48 bytes (64 in version 8) and their payload',
      );
    return { kind: 'run', run: this.trace.end() } as const;
  }

  private isWide(bytes: Uint8Array, at: number): boolean {
    this.little ??= endianness(bytes.subarray(at, at + 4));
    return (this.little === false ? bytes[at + 3] : bytes[at]) === WIDE_VERSION;
  }

  private record(view: DataView, wide: boolean): void {
    this.context.byte = this.offset;
    const little = this.little ?? true;
    const magic = view.getUint32(0, little);
    if (magic >>> 8 !== MAGIC)
      this.context.fail('this is no record of blktrace', 'a record that begins with the magic number');
    if (!wide && (magic & 255) !== VERSION) this.context.fail(`version ${magic & 255} of the format`, 'version 7 or 8');
    const ns = view.getBigUint64(8, little);
    // The upper half of a wide action tells of zones only.
    const action = view.getUint32(wide ? (little ? 32 : 36) : 28, little);
    const category = action >>> 16;
    const number = action & 0xffff;
    const pid = view.getUint32(wide ? 28 : 32, little);
    const payload = this.context.within(view.getUint16(wide ? 50 : 46, little), 0, MOST_PAYLOAD, 'the payload');
    this.skip = payload;
    this.note = null;
    if ((category & Category.notify) !== 0) {
      this.context.leftAside.add(`notes: ${NOTIFY[number & 0xff] ?? 'others'}`);
      if ((number & 0xff) === 0 && payload > 0 && payload <= 64) this.note = { pid, left: payload, text: [] };
      return;
    }
    const name = ACTIONS[number & 0xff];
    if (name === undefined && wide) {
      this.context.leftAside.add('actions of zones');
      return;
    }
    if (name === undefined || name === '')
      this.context.fail(`${number} is no action of blktrace`, `1 to ${ACTIONS.length - 1}`);
    if (ns > 10n ** 18n) this.context.fail('the time is out of range', 'nanoseconds since the start of the trace');
    const seconds = Number(ns / 1_000_000_000n);
    const time = this.clock.ps(seconds, Number(ns % 1_000_000_000n));
    const sector64 = view.getBigUint64(16, little);
    const size = view.getUint32(24, little);
    const { device, rwbs } = { device: view.getUint32(wide ? 40 : 36, little), rwbs: lettersOf(category) };
    // An empty flush has the sector 2^64 - 1.
    const sector = size === 0 ? 0 : Number(sector64);
    this.context.within(sector, 0, 2 ** 53, 'the sector');
    const pc = (category & Category.pc) !== 0 && (category & Category.fs) === 0;
    this.trace.action(
      time,
      name,
      deviceNumber(device),
      pc ? null : parseRwbs(rwbs),
      sector,
      size >>> 9,
      this.commands.get(pid) ?? '',
    );
  }

  private endNote(): void {
    if (this.note === null) return;
    const end = this.note.text.indexOf(0);
    const name = String.fromCharCode(...(end < 0 ? this.note.text : this.note.text.slice(0, end)));
    if (this.commands.size < 65_536) this.commands.set(this.note.pid, name);
    this.note = null;
  }
}

/** The letters that blkparse would print. */
function lettersOf(category: number): string {
  const has = (bit: number): boolean => (category & bit) !== 0;
  const flush = has(Category.flush);
  const what = has(Category.discard) ? 'D' : has(Category.write) ? 'W' : has(Category.read) ? 'R' : flush ? 'F' : 'N';
  return [
    flush && what !== 'F' ? 'F' : '',
    what,
    has(Category.fua) ? 'F' : '',
    has(Category.ahead) ? 'A' : '',
    has(Category.sync) ? 'S' : '',
    has(Category.meta) ? 'M' : '',
  ].join('');
}

/** The kernel's own device numbers have 20 bits for the minor one. */
function deviceNumber(device: number): number {
  return (device >>> 20) * 2 ** 20 + (device & 0xfffff);
}
