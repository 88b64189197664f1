import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import zlib from 'node:zlib';
import { InputError } from '#model/problem';

/**
 * Zip archives (APPNOTE.TXT 6.3.10), as far as bundles need them: deflated entries, up to 4 GiB and 65 534 entries.
 * The reader takes only what the writer makes and distrusts everything: names must match, ranges must not overlap,
 * sizes are bounds, nothing is unpacked to a path.
 */
const LOCAL_SIGNATURE = 0x04034b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const DEFLATE = 8;
/** Names are UTF-8. */
const UTF8_FLAG = 0x0800;
const MOST_ENTRIES = 65_534;
const MOST_BYTES = 0xffff_fffe;
/** 1980-01-01, the first date a zip can hold: the same content gives the same bytes. */
const DATE = 0x0021;

interface Entry {
  readonly name: string;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** Writes an archive to a file, entry by entry; memory holds one entry at a time. */
export class ZipWriter {
  private readonly fd: number;
  private readonly file: string;
  private readonly entries: Entry[] = [];
  private at = 0;

  /** @param file a new file */
  constructor(file: string) {
    this.file = file;
    this.fd = openSync(file, 'wx');
  }

  add(name: string, bytes: Uint8Array): void {
    const packed = zlib.deflateRawSync(bytes, { level: 6 });
    const entry = { name, crc: zlib.crc32(bytes), packed: packed.length, size: bytes.length, offset: this.at };
    if (this.entries.length >= MOST_ENTRIES || this.at + packed.length > MOST_BYTES) {
      throw new InputError({
        file: this.file,
        message: 'too much for one bundle',
        expected: 'fewer runs, at most 4 GiB',
      });
    }
    this.entries.push(entry);
    const nameBytes = Buffer.from(name, 'utf8');
    const header = Buffer.alloc(LOCAL_BYTES);
    header.writeUInt32LE(LOCAL_SIGNATURE, 0);
    writeCommon(header, 4, entry, nameBytes.length);
    this.write(header);
    this.write(nameBytes);
    this.write(packed);
  }

  /** Writes the directory and closes the file. */
  finish(): void {
    const start = this.at;
    for (const entry of this.entries) {
      const nameBytes = Buffer.from(entry.name, 'utf8');
      const header = Buffer.alloc(CENTRAL_BYTES);
      header.writeUInt32LE(CENTRAL_SIGNATURE, 0);
      header.writeUInt16LE(20, 4);
      writeCommon(header, 6, entry, nameBytes.length);
      header.writeUInt32LE(entry.offset, 42);
      this.write(header);
      this.write(nameBytes);
    }
    const end = Buffer.alloc(END_BYTES);
    end.writeUInt32LE(END_SIGNATURE, 0);
    end.writeUInt16LE(this.entries.length, 8);
    end.writeUInt16LE(this.entries.length, 10);
    end.writeUInt32LE(this.at - start, 12);
    end.writeUInt32LE(start, 16);
    this.write(end);
    closeSync(this.fd);
  }

  /** Closes an unfinished file, which the caller removes. */
  abandon(): void {
    closeSync(this.fd);
  }

  private write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) done += writeSync(this.fd, bytes, done);
    this.at += bytes.length;
  }
}

/** The fields that local and central headers share, from "version needed" on. */
function writeCommon(header: Buffer, at: number, entry: Entry, nameLength: number): void {
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(UTF8_FLAG, at + 2);
  header.writeUInt16LE(DEFLATE, at + 4);
  header.writeUInt16LE(0, at + 6);
  header.writeUInt16LE(DATE, at + 8);
  header.writeUInt32LE(entry.crc, at + 10);
  header.writeUInt32LE(entry.packed, at + 14);
  header.writeUInt32LE(entry.size, at + 18);
  header.writeUInt16LE(nameLength, at + 22);
}

/** Reads an archive; the directory is checked as a whole when it is opened. */
export class ZipReader {
  private readonly fd: number;
  private readonly file: string;
  private readonly entries = new Map<string, Entry>();

  /** @throws InputError for a file that is no archive of ours */
  constructor(file: string) {
    this.file = file;
    this.fd = openSync(file, 'r');
    try {
      this.readDirectory();
    } catch (error) {
      closeSync(this.fd);
      throw error;
    }
  }

  get names(): string[] {
    return [...this.entries.keys()];
  }

  /**
   * Content of an entry.
   * @param most bytes it may have unpacked
   * @throws InputError when it is missing, larger, or not what the directory says
   */
  read(name: string, most: number): Buffer {
    const entry = this.entries.get(name);
    if (entry === undefined) throw this.bad(`it has no "${name}"`);
    if (entry.size > most) throw this.bad(`"${name}" would unpack to ${entry.size} bytes`, `at most ${most}`);
    const header = this.at(entry.offset, LOCAL_BYTES);
    const nameLength = header.readUInt16LE(26);
    const start = entry.offset + LOCAL_BYTES + nameLength + header.readUInt16LE(28);
    const sameName = this.at(entry.offset + LOCAL_BYTES, nameLength).toString('utf8') === name;
    if (header.readUInt32LE(0) !== LOCAL_SIGNATURE || !sameName) throw this.bad(`the directory misplaces "${name}"`);
    let bytes: Buffer;
    try {
      // One byte more than promised is too many: inflate stops there.
      bytes = zlib.inflateRawSync(this.at(start, entry.packed), { maxOutputLength: Math.max(1, entry.size) });
    } catch {
      throw this.bad(`"${name}" cannot be unpacked to the ${entry.size} bytes it is said to have`);
    }
    if (bytes.length !== entry.size || zlib.crc32(bytes) !== entry.crc)
      throw this.bad(`"${name}" does not match its checksum`);
    return bytes;
  }

  close(): void {
    closeSync(this.fd);
  }

  private readDirectory(): void {
    const { size } = fstatSync(this.fd);
    if (size < END_BYTES) throw this.bad('this is no bundle');
    const end = this.at(size - END_BYTES, END_BYTES);
    if (end.readUInt32LE(0) !== END_SIGNATURE) throw this.bad('this is no bundle, or it is cut short');
    const count = end.readUInt16LE(10);
    const length = end.readUInt32LE(12);
    const start = end.readUInt32LE(16);
    const whole = end.readUInt16LE(8) === count && start + length === size - END_BYTES;
    if (!whole) throw this.bad('its directory is damaged');
    const directory = this.at(start, length);
    let at = 0;
    for (let n = 0; n < count; n++) at = this.readEntry(directory, at, start);
    if (at !== length) throw this.bad('its directory is damaged');
    this.refuseOverlaps(start);
  }

  private readEntry(directory: Buffer, at: number, limit: number): number {
    if (at + CENTRAL_BYTES > directory.length || directory.readUInt32LE(at) !== CENTRAL_SIGNATURE) {
      throw this.bad('its directory is damaged');
    }
    const nameLength = directory.readUInt16LE(at + 28);
    const next = at + CENTRAL_BYTES + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    const name = directory.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameLength);
    const entry = {
      name,
      crc: directory.readUInt32LE(at + 16),
      packed: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    };
    if (directory.readUInt16LE(at + 10) !== DEFLATE || (directory.readUInt16LE(at + 8) & 1) !== 0) {
      throw this.bad(`"${name}" is packed in a way no bundle is`);
    }
    if (this.entries.has(name)) throw this.bad(`it has "${name}" twice`);
    if (entry.offset + LOCAL_BYTES + nameLength + entry.packed > limit)
      throw this.bad(`"${name}" reaches beyond its place`);
    this.entries.set(name, entry);
    return next;
  }

  /** Entries that share bytes unpack to far more than the file holds. */
  private refuseOverlaps(limit: number): void {
    const byOffset = [...this.entries.values()].sort((x, y) => x.offset - y.offset);
    byOffset.forEach((entry, i) => {
      const end = entry.offset + LOCAL_BYTES + Buffer.byteLength(entry.name, 'utf8') + entry.packed;
      if (end > (byOffset[i + 1]?.offset ?? limit)) throw this.bad(`"${entry.name}" overlaps another entry`);
    });
  }

  private at(position: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    if (readSync(this.fd, bytes, 0, length, position) !== length) throw this.bad('it is cut short');
    return bytes;
  }

  private bad(message: string, expected?: string): InputError {
    return new InputError({ file: this.file, message, ...(expected === undefined ? {} : { expected }) });
  }
}
