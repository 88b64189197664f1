import { InputError } from '#model/problem';

/** What a trace line says: lackey's own letters. */
export type LackeyKind = 'I' | 'L' | 'S' | 'M';

const NEWLINE = 10;
const SPACE = 32;
const COMMA = 44;
const EQUALS = 61;
const LETTERS: Readonly<Record<number, LackeyKind>> = { 73: 'I', 76: 'L', 83: 'S', 77: 'M' };
/** No line of a trace is longer; anything longer is no trace. */
const LONGEST_LINE = 4096;
/** Addresses beyond what a double counts exactly occur in no user process. */
const MOST_ADDRESS = Number.MAX_SAFE_INTEGER;

/**
 * Reads the text of `valgrind --tool=lackey --trace-mem=yes` byte by byte: `I  04222c4a,3`, ` L 1ffeff,8`, ` S ...`,
 * ` M ...`. Lines of valgrind's own (`==pid==`) and empty ones are passed over.
 */
export class LackeyReader {
  private readonly file: string;
  private readonly sink: (kind: LackeyKind, address: number, size: number) => void;
  private readonly rest = new Uint8Array(LONGEST_LINE);
  private held = 0;
  private line = 0;
  /** Accesses read so far. */
  accesses = 0;

  /** @param file named in errors. */
  constructor(file: string, sink: (kind: LackeyKind, address: number, size: number) => void) {
    this.file = file;
    this.sink = sink;
  }

  /** Takes the next piece of the text. @throws InputError with file and line for a line that is none of lackey's. */
  feed(piece: Uint8Array): void {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      if (this.held > 0) {
        this.hold(piece.subarray(start, end));
        this.take(this.rest, 0, this.held);
        this.held = 0;
      } else this.take(piece, start, end);
      start = end + 1;
    }
    this.hold(piece.subarray(start));
  }

  /** Says that the text is over. @throws InputError when it held no access. */
  end(): void {
    if (this.held > 0) this.take(this.rest, 0, this.held);
    this.held = 0;
    if (this.accesses === 0)
      throw new InputError({
        file: this.file,
        message: 'no memory access in this trace',
        expected: 'the text of valgrind --tool=lackey --trace-mem=yes',
      });
  }

  private hold(part: Uint8Array): void {
    if (this.held + part.length > LONGEST_LINE) this.refuse(this.line + 1, 'an endless line');
    this.rest.set(part, this.held);
    this.held += part.length;
  }

  private take(bytes: Uint8Array, start: number, end: number): void {
    this.line += 1;
    let stop = end;
    if (stop > start && bytes[stop - 1] === 13) stop--;
    if (stop === start || (bytes[start] === EQUALS && bytes[start + 1] === EQUALS)) return;
    let i = start;
    while (bytes[i] === SPACE && i < stop) i++;
    const kind = LETTERS[bytes[i++]];
    let address = 0;
    let digits = 0;
    while (bytes[i] === SPACE && i < stop) i++;
    for (; i < stop && bytes[i] !== COMMA; i++, digits++) address = address * 16 + this.digit(bytes[i]);
    let size = 0;
    let sizeDigits = 0;
    for (i++; i < stop; i++, sizeDigits++) {
      const digit = bytes[i] - 48;
      size = digit >= 0 && digit <= 9 ? size * 10 + digit : NaN;
    }
    if (kind === undefined || digits === 0 || sizeDigits === 0 || !(size >= 1) || !(address <= MOST_ADDRESS)) {
      this.refuse(
        this.line,
        `"${String.fromCharCode(...bytes.subarray(start, Math.min(stop, start + 60)))}" is no line of a lackey trace`,
      );
    }
    this.accesses += 1;
    this.sink(kind, address, size);
  }

  private digit(byte: number): number {
    if (byte >= 48 && byte <= 57) return byte - 48;
    if (byte >= 97 && byte <= 102) return byte - 87;
    return byte >= 65 && byte <= 70 ? byte - 55 : NaN;
  }

  private refuse(line: number, message: string): never {
    throw new InputError({ file: this.file, line, message, expected: 'such as " L 1ffeff7a8,8"' });
  }
}
