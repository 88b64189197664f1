import zlib from 'node:zlib';
import { decompress as decompressZstd } from 'fzstd';

/**
 * Blobs of the library: codec (1 byte), CRC-32 (4 bytes, little endian), payload. The checksum covers the payload
 * and the name of the place where the blob belongs, so that one found in another's place does not pass. Written as
 * zstd where the runtime has it (Node >= 22.15), else as raw deflate; both are read by every runtime.
 */
const Codec = { stored: 0, zstd: 1, deflate: 2 } as const;

const HEADER = 5;
/** Not worth compressing. */
const SMALL = 64;
/** No blob of ours unpacks to more: a column of 64k events is at most 512 KiB, a summary a few MB. */
const LARGEST = 256 * 2 ** 20;

const hasZstd = typeof (zlib as Partial<typeof zlib>).zstdCompressSync === 'function';
/** Output buffers that hold a whole column: pieces of 16 KiB, zlib's own choice, take half as long again. */
const PACKED_CHUNK = 128 * 1024;
const UNPACKED_CHUNK = 512 * 1024;
/** What a column mostly unpacks to, times its packed size. */
const USUAL_RATIO = 3;
/**
 * Byte planes of predicted values pack as well at -1 as at 1, a fifth quicker. A window of 64 KiB, the length of a
 * plane, makes the compressor look at one plane at a time: those that are noise are then stored as they are.
 */
const ZSTD_PARAMS = hasZstd
  ? { [zlib.constants.ZSTD_c_compressionLevel]: -1, [zlib.constants.ZSTD_c_windowLog]: 16 }
  : {};

/** @param place where the blob belongs, such as `events/3/7/time` */
export function packBlob(bytes: Uint8Array, place: string): Buffer {
  let codec: number = Codec.stored;
  let payload: Uint8Array = bytes;
  if (bytes.length > SMALL) {
    const packed = hasZstd
      ? zlib.zstdCompressSync(bytes, {
          chunkSize: PACKED_CHUNK,
          pledgedSrcSize: bytes.length,
          params: ZSTD_PARAMS,
        })
      : zlib.deflateRawSync(bytes, { level: 1 });
    if (packed.length < bytes.length) {
      codec = hasZstd ? Codec.zstd : Codec.deflate;
      payload = packed;
    }
  }
  const blob = Buffer.allocUnsafe(HEADER + payload.length);
  blob[0] = codec;
  blob.writeUInt32LE(checksum(payload, codec, place), 1);
  blob.set(payload, HEADER);
  return blob;
}

/** The reverse of {@link packBlob}. Throws a RangeError for anything that it did not make for this place. */
export function unpackBlob(blob: Uint8Array, place: string): Uint8Array {
  if (blob.length < HEADER) throw new RangeError('blob is cut short');
  const codec = blob[0];
  const payload = blob.subarray(HEADER);
  const stored = new DataView(blob.buffer, blob.byteOffset).getUint32(1, true);
  if (stored !== checksum(payload, codec, place)) throw new RangeError('checksum does not match');
  if (codec === Codec.stored) return payload;
  if (codec === Codec.deflate) return zlib.inflateRawSync(payload, unpackOptions(payload));
  if (codec === Codec.zstd) {
    return hasZstd ? zlib.zstdDecompressSync(payload, unpackOptions(payload)) : decompressZstd(payload);
  }
  throw new RangeError(`unknown codec ${codec}`);
}

function unpackOptions(payload: Uint8Array): { chunkSize: number; maxOutputLength: number } {
  const likely = Math.ceil((payload.length * USUAL_RATIO) / 4096) * 4096;
  return { chunkSize: Math.min(UNPACKED_CHUNK, likely), maxOutputLength: LARGEST };
}

/** A JSON value as a blob. */
export function packJson(value: unknown, place: string): Buffer {
  return packBlob(Buffer.from(JSON.stringify(value), 'utf8'), place);
}

export function unpackJson(blob: Uint8Array, place: string): unknown {
  const bytes = unpackBlob(blob, place);
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
}

/** CRC-32 of a text, for rows. */
export function checksumOf(text: string): number {
  return zlib.crc32(text);
}

function checksum(payload: Uint8Array, codec: number, place: string): number {
  return zlib.crc32(payload, zlib.crc32(`${place}#${codec}`));
}
