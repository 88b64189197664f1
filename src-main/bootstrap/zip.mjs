/** Reads a ZIP archive with Node alone: a bare Debian has no unzip. No Zip64, no encryption: the runtime has neither. */
import { openSync, closeSync, fstatSync, mkdirSync, readSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { SetupError } from './report.mjs';

/**
 * One file of the archive.
 * @typedef {object} ZipEntry
 * @property {string} name path in the archive, with `/`; folders end in one
 * @property {number} method 0 stored, 8 deflated
 * @property {number} compressedSize bytes
 * @property {number} size bytes once unpacked
 * @property {number} crc CRC-32 of the unpacked bytes
 * @property {number} mode Unix permission bits
 * @property {number} offset of the local header, bytes from the archive's start
 */

// Signatures and layouts: APPNOTE.TXT, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).
const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const END_SIZE = 22;
const CENTRAL_SIZE = 46;
const LOCAL_SIZE = 30;
const LONGEST_COMMENT = 0xffff;
const DEFLATED = 8;

const inflate = promisify(inflateRaw);

/**
 * Unpacks the files for which `target` gives a path.
 * @param {string} archive
 * @param {string} folder where to
 * @param {(name: string) => string | null} target path below `folder` for a file's name in the archive; null leaves it out
 * @returns {Promise<number>} files written
 * @throws {SetupError} when the archive is damaged, or a name would leave the folder
 */
export async function unzip(archive, folder, target) {
  const file = openSync(archive, 'r');
  try {
    let written = 0;
    for (const entry of readDirectory(file)) {
      const name = entry.name.endsWith('/') ? null : target(entry.name);
      if (name === null) continue;
      if (name.split('/').includes('..') || name.startsWith('/'))
        throw new SetupError(`${archive}: unsafe path ${name}`);
      const bytes = await readEntry(file, entry);
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes, { mode: entry.mode & 0o777 || 0o644 });
      written += 1;
    }
    return written;
  } finally {
    closeSync(file);
  }
}

/**
 * @param {number} file
 * @returns {ZipEntry[]}
 */
function readDirectory(file) {
  const fileSize = fstatSync(file).size;
  const tailSize = Math.min(fileSize, END_SIZE + LONGEST_COMMENT);
  const tail = readAt(file, fileSize - tailSize, tailSize);
  let end = tailSize - END_SIZE;
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end -= 1;
  if (end < 0) throw new SetupError('not a ZIP archive: no end of central directory');
  const count = tail.readUInt16LE(end + 10);
  const directory = readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  /** @type {ZipEntry[]} */
  const entries = [];
  for (let at = 0, index = 0; index < count; index += 1) {
    if (directory.readUInt32LE(at) !== CENTRAL_SIGNATURE)
      throw new SetupError('damaged ZIP archive: central directory');
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + CENTRAL_SIZE, at + CENTRAL_SIZE + nameLength),
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      compressedSize: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      mode: directory.readUInt32LE(at + 38) >>> 16,
      offset: directory.readUInt32LE(at + 42),
    });
    at += CENTRAL_SIZE + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * @param {number} file
 * @param {ZipEntry} entry
 * @returns {Promise<Buffer>} the unpacked bytes
 */
async function readEntry(file, entry) {
  const local = readAt(file, entry.offset, LOCAL_SIZE);
  const start = entry.offset + LOCAL_SIZE + local.readUInt16LE(26) + local.readUInt16LE(28);
  const packed = readAt(file, start, entry.compressedSize);
  const bytes = entry.method === DEFLATED ? await inflate(packed) : packed;
  if (bytes.length !== entry.size || crc32(bytes) !== entry.crc)
    throw new SetupError(`damaged ZIP archive: ${entry.name}`);
  return bytes;
}

/**
 * @param {number} file
 * @param {number} position bytes from the start
 * @param {number} length bytes
 * @returns {Buffer}
 */
function readAt(file, position, length) {
  const buffer = Buffer.alloc(length);
  if (readSync(file, buffer, 0, length, position) !== length)
    throw new SetupError('damaged ZIP archive: it ends too early');
  return buffer;
}
