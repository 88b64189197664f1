/**
 * Writes protobuf's wire format (protobuf.dev, "Encoding") into a buffer that grows. Messages inside messages get
 * a length of four bytes, filled in at their end: a varint may be padded.
 */
export class ProtobufWriter {
  private buffer = new Uint8Array(1 << 16);
  private view = new DataView(this.buffer.buffer);
  private used = 0;
  private readonly utf8 = new TextEncoder();

  /** Bytes written since the last {@link take}. */
  get size(): number {
    return this.used;
  }

  /** What was written, as a copy; the writer is empty afterwards. */
  take(): Uint8Array {
    const bytes = this.buffer.slice(0, this.used);
    this.used = 0;
    return bytes;
  }

  /** Field of a whole number: 0 to 2^53, or down to -2^53 as two's complement of 64 bits. */
  integer(field: number, value: number): void {
    this.ensure(20);
    this.varint(field * 8 + WIRE.varint);
    if (value < 0) this.bigVarint(BigInt.asUintN(64, BigInt(value)));
    else this.varint(value);
  }

  /** Field of type fixed64; 0 to 2^53. */
  fixed64(field: number, value: number): void {
    this.ensure(20);
    this.varint(field * 8 + WIRE.fixed64);
    this.view.setUint32(this.used, value >>> 0, true);
    this.view.setUint32(this.used + 4, Math.floor(value / 2 ** 32), true);
    this.used += 8;
  }

  double(field: number, value: number): void {
    this.ensure(20);
    this.varint(field * 8 + WIRE.fixed64);
    this.view.setFloat64(this.used, value, true);
    this.used += 8;
  }

  text(field: number, value: string): void {
    const bytes = this.utf8.encode(value);
    this.ensure(bytes.length + 20);
    this.varint(field * 8 + WIRE.lengthDelimited);
    this.varint(bytes.length);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
  }

  /** Begins a message in a field; what it returns is for {@link end}. */
  begin(field: number): number {
    this.ensure(20);
    this.varint(field * 8 + WIRE.lengthDelimited);
    this.used += LENGTH_BYTES;
    return this.used;
  }

  /** Ends the message that `begin` began. */
  end(start: number): void {
    let length = this.used - start;
    if (length >= 2 ** (7 * LENGTH_BYTES)) throw new RangeError('a protobuf message of more than 256 MiB');
    for (let i = LENGTH_BYTES; i > 0; i--) {
      this.buffer[start - i] = (length & 0x7f) | (i > 1 ? 0x80 : 0);
      length >>>= 7;
    }
  }

  private varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.buffer[this.used++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.used++] = rest;
  }

  private bigVarint(value: bigint): void {
    let rest = value;
    while (rest >= 128n) {
      this.buffer[this.used++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.buffer[this.used++] = Number(rest);
  }

  private ensure(bytes: number): void {
    if (this.used + bytes <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.used + bytes));
    larger.set(this.buffer.subarray(0, this.used));
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
  }
}

const LENGTH_BYTES = 4;
const WIRE = { varint: 0, fixed64: 1, lengthDelimited: 2 } as const;
