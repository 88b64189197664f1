import { InputError } from '#model/problem';

/** Bytes of the longest line taken: none of the formats has lines of more than a few thousand. */
export const LONGEST_LINE = 1024 * 1024;
const NEWLINE = 10;

/**
 * Cuts a stream of bytes into lines of UTF-8 text, with `\n` or `\r\n` at their ends. Holds one chunk and at most
 * one line. A last line without an end is refused: every tool ends its last line, so the file was cut short.
 */
export class LineReader {
  /** Number of the line being taken, from 1. */
  line = 0;
  private readonly file: string;
  private readonly take: (line: string) => void;
  private readonly decoder = new TextDecoder('utf-8');
  private rest: Uint8Array = new Uint8Array(0);

  constructor(file: string, take: (line: string) => void) {
    this.file = file;
    this.take = take;
  }

  /** The next bytes; not kept. @throws InputError for a line that is too long or holds binary data */
  push(chunk: Uint8Array): void {
    const last = chunk.lastIndexOf(NEWLINE);
    if (last < 0) {
      this.keep(chunk);
      return;
    }
    let bytes = chunk.subarray(0, last + 1);
    if (this.rest.length > 0) {
      const joined = new Uint8Array(this.rest.length + bytes.length);
      joined.set(this.rest);
      joined.set(bytes, this.rest.length);
      bytes = joined;
      this.rest = new Uint8Array(0);
    }
    this.cut(this.decoder.decode(bytes));
    this.keep(chunk.subarray(last + 1));
  }

  /**
   * Ends the file.
   * @param cut takes a last line without an end, for formats whose users cut their files; others have it refused
   * @throws InputError when the last line has no end
   */
  end(cut?: (line: string) => void): void {
    if (this.rest.length === 0) return;
    if (cut !== undefined) {
      this.line++;
      cut(this.decoder.decode(this.rest));
      return;
    }
    throw new InputError({
      file: this.file,
      line: this.line + 1,
      message: 'the file ends in the middle of a line',
      expected: 'a whole file, as the tool wrote it',
    });
  }

  /** @param text whole lines */
  private cut(text: string): void {
    const binary = text.includes('\u0000');
    // One call for all lines of a chunk: cutting them one by one was up to thirty times slower, at times.
    const lines = text.split('\n');
    for (let i = 0; i < lines.length - 1; i++) {
      const line = lines[i];
      this.line++;
      if (line.length > LONGEST_LINE) this.refuseLong();
      if (binary && line.includes('\u0000'))
        throw new InputError({
          file: this.file,
          line: this.line,
          message: 'binary data in a text file',
          expected: 'lines of text',
        });
      this.take(line.charCodeAt(line.length - 1) === 13 ? line.slice(0, -1) : line);
    }
  }

  private keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.rest.length + bytes.length > LONGEST_LINE) {
      this.line++;
      this.refuseLong();
    }
    const joined = new Uint8Array(this.rest.length + bytes.length);
    joined.set(this.rest);
    joined.set(bytes, this.rest.length);
    this.rest = joined;
  }

  private refuseLong(): never {
    throw new InputError({
      file: this.file,
      line: this.line,
      message: 'the line is longer than 1 MiB',
      expected: 'lines of text',
    });
  }
}
