/**
 * Text put together as UTF-8 in one buffer: a table of ten million lines would otherwise be a hundred million
 * strings. What {@link take} gives is valid until the next write.
 */
export class TextWriter {
  private buffer = new Uint8Array(1 << 17);
  private used = 0;
  private readonly utf8 = new TextEncoder();

  /** Bytes written since the last `take`. */
  get size(): number {
    return this.used;
  }

  /** What was written, as a view of the buffer; the writer is empty afterwards. */
  take(): Uint8Array {
    const bytes = this.buffer.subarray(0, this.used);
    this.used = 0;
    return bytes;
  }

  /** One ASCII character, by its code. */
  character(code: number): void {
    this.ensure(1);
    this.buffer[this.used++] = code;
  }

  /** UTF-8 that is ready. */
  bytes(bytes: Uint8Array): void {
    this.ensure(bytes.length);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  text(text: string): void {
    this.bytes(this.utf8.encode(text));
  }

  /** A number as JavaScript writes it. */
  number(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      this.text(String(value));
      return;
    }
    this.ensure(17);
    let rest = value;
    if (rest < 0) {
      this.buffer[this.used++] = MINUS;
      rest = -rest;
    }
    let digits = 1;
    for (let limit = 10; limit <= rest; limit *= 10) digits++;
    let at = this.used + digits;
    this.used = at;
    while (rest >= 2 ** 31) {
      const tenth = Math.floor(rest / 10);
      this.buffer[--at] = ZERO + (rest - tenth * 10);
      rest = tenth;
    }
    let small = rest | 0;
    do {
      const tenth = (small / 10) | 0;
      this.buffer[--at] = ZERO + (small - tenth * 10);
      small = tenth;
    } while (small > 0);
  }

  private ensure(bytes: number): void {
    if (this.used + bytes <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.used + bytes));
    larger.set(this.buffer.subarray(0, this.used));
    this.buffer = larger;
  }
}

const ZERO = 48;
const MINUS = 45;
