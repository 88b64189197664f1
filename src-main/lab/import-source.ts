import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError } from '#model/problem';
import { headOf, type Head } from '#recording/importer';

/** Bytes by which a format is recognised. */
const HEAD_BYTES = 64 * 1024;
/** Bytes read at once. */
const CHUNK = 256 * 1024;

/** The bytes of a file, unpacked where gzip packed them, and the hash of the file as it lies on the disk. */
export class ImportSource {
  readonly head: Head;
  /** Bytes of the file. */
  readonly size: number;
  private readonly counter: { read: number };
  private readonly sha;
  private readonly first: readonly Uint8Array[];
  private readonly rest: AsyncIterator<Uint8Array>;
  private readonly close: () => void;

  private constructor(
    size: number,
    counter: { read: number },
    sha: ReturnType<typeof createHash>,
    first: readonly Uint8Array[],
    rest: AsyncIterator<Uint8Array>,
    whole: boolean,
    close: () => void,
  ) {
    this.size = size;
    this.counter = counter;
    this.sha = sha;
    this.first = first;
    this.rest = rest;
    this.close = close;
    this.head = headOf(Buffer.concat(first).subarray(0, HEAD_BYTES), whole);
  }

  /** @throws InputError when the file cannot be read */
  static async open(path: string): Promise<ImportSource> {
    const size = sizeOf(path);
    const counter = { read: 0 };
    const sha = createHash('sha256');
    const file = createReadStream(path, { highWaterMark: CHUNK });
    const raw = (async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of file as AsyncIterable<Buffer>) {
        counter.read += chunk.length;
        sha.update(chunk);
        yield chunk;
      }
    })();
    const packed = await raw.next().catch((error: unknown) => refuse(path, error));
    const start = packed.done === true ? Buffer.alloc(0) : packed.value;
    const all = (async function* (): AsyncGenerator<Buffer> {
      if (start.length > 0) yield start;
      yield* raw;
    })();
    let bytes: AsyncIterator<Buffer> = all;
    let close = (): void => void file.destroy();
    if (start.length >= 2 && start[0] === 0x1f && start[1] === 0x8b) {
      const packedStream = Readable.from(all);
      const gunzip = createGunzip({ chunkSize: CHUNK });
      packedStream.once('error', (error) => gunzip.destroy(error));
      bytes = packedStream.pipe(gunzip)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
      close = (): void => {
        gunzip.destroy();
        packedStream.destroy();
        file.destroy();
      };
    }
    const rest = guarded(path, inUtf8(bytes));
    const first: Uint8Array[] = [];
    let whole = false;
    for (let length = 0; length < HEAD_BYTES;) {
      const next = await rest.next().catch((error: unknown) => {
        close();
        throw error;
      });
      if (next.done === true) {
        whole = true;
        break;
      }
      first.push(next.value);
      length += next.value.length;
    }
    return new ImportSource(size, counter, sha, first, rest, whole, close);
  }

  /** Bytes of the file read so far. */
  get read(): number {
    return this.counter.read;
  }

  /** The content from its beginning; once. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    yield* this.first;
    for (let next = await this.rest.next(); next.done !== true; next = await this.rest.next()) yield next.value;
  }

  /** SHA-256 of the file, once all of it was read. */
  hash(): string {
    return this.sha.digest('hex');
  }

  end(): void {
    this.close();
  }
}

/** Windows' shell writes what it redirects in UTF-16, with a mark at the beginning: to UTF-8; all else as it is. */
async function* inUtf8(bytes: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  let begun = false;
  for (let next = await bytes.next(); next.done !== true; next = await bytes.next()) {
    const { value } = next;
    if (!begun && value.length >= 2) {
      if (value[0] === 0xff && value[1] === 0xfe) decoder = new TextDecoder('utf-16le');
      else if (value[0] === 0xfe && value[1] === 0xff) decoder = new TextDecoder('utf-16be');
    }
    begun = true;
    yield decoder === null ? value : Buffer.from(decoder.decode(value, { stream: true }), 'utf8');
  }
  if (decoder !== null) yield Buffer.from(decoder.decode(), 'utf8');
}

async function* guarded(path: string, bytes: AsyncIterator<Buffer>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const next = await bytes.next().catch((error: unknown) => refuse(path, error));
    if (next.done === true) return;
    yield next.value;
  }
}

function sizeOf(path: string): number {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw new InputError({ file: path, message: 'is a folder', expected: 'a file' });
    return stat.size;
  } catch (error) {
    return refuse(path, error);
  }
}

function refuse(path: string, error: unknown): never {
  if (error instanceof InputError) throw error;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && code.startsWith('Z_'))
    throw new InputError({
      file: path,
      message: 'the compressed data is damaged or cut short',
      expected: 'a whole .gz file',
    });
  if (code === 'ENOENT') throw new InputError({ file: path, message: 'there is no such file' });
  if (code === 'EACCES' || code === 'EPERM') throw new InputError({ file: path, message: 'may not be read' });
  throw new InputError({
    file: path,
    message: `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
  });
}
