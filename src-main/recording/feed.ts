import type { ImportContext, Imported, Reader } from './importer.ts';
import { LineReader } from './lines.ts';

/** The largest file of the formats that are read whole: JSON and short texts. */
export const LARGEST_TEXT = 64 * 1024 * 1024;

/** Hands the chunks of a file to a reader as it wants them: as lines, as bytes, or as one text. */
export class Feed {
  private readonly reader: Reader;
  private readonly context: ImportContext;
  private readonly lines: LineReader | null = null;
  private readonly decoder = new TextDecoder('utf-8');
  private readonly texts: string[] = [];
  private size = 0;

  constructor(reader: Reader, context: ImportContext) {
    this.reader = reader;
    this.context = context;
    if (reader.by === 'lines') {
      const lines = new LineReader(context.file, (line) => {
        context.line = lines.line;
        reader.line(line);
      });
      this.lines = lines;
    }
  }

  /** The next bytes. @throws InputError */
  push(chunk: Uint8Array): void {
    if (this.lines !== null) this.lines.push(chunk);
    else if (this.reader.by === 'bytes') this.reader.bytes(chunk);
    else {
      this.size += chunk.length;
      if (this.size > LARGEST_TEXT) {
        this.context.byte = LARGEST_TEXT;
        this.context.fail('the file is too large', 'at most 64 MiB in this format');
      }
      this.texts.push(this.decoder.decode(chunk, { stream: true }));
    }
  }

  /** Nothing follows. @throws InputError */
  end(): Imported {
    const { reader, context, lines } = this;
    if (reader.by === 'text') return reader.text(this.texts.join('') + this.decoder.decode());
    if (lines !== null) {
      lines.end(reader.by === 'lines' && reader.cut !== undefined ? (text) => reader.cut?.(text) : undefined);
      context.line = Math.max(1, lines.line);
    }
    return reader.end();
  }
}
