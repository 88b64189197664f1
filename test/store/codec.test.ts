import zlib from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as Codec from '#store/codec';
import { packBlob, packJson, unpackBlob, unpackJson } from '#store/codec';

/** The codec as a runtime without zstd has it (Node before 22.15). */
async function withoutZstd(): Promise<typeof Codec> {
  vi.resetModules();
  vi.doMock('node:zlib', () => {
    const { zstdCompressSync: _c, zstdDecompressSync: _d, ...rest } = zlib;
    return { default: rest };
  });
  return import('#store/codec');
}
afterEach(() => {
  vi.doUnmock('node:zlib');
  vi.resetModules();
});

const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  fc
    .tuple(fc.nat(255), fc.integer({ min: 1, max: 600_000 }))
    .map(([value, length]) => new Uint8Array(length).fill(value)),
  fc.array(fc.nat(3), { maxLength: 20_000 }).map((list) => Uint8Array.from(list)),
);

describe('blobs', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(Buffer.from(unpackBlob(packBlob(bytes, 'x'), 'x')).equals(bytes)).toBe(true);
      }),
    );
    expect(unpackJson(packJson({ a: [1, 'ü'] }, 'x'), 'x')).toEqual({ a: [1, 'ü'] });
  });

  it('are read by a runtime without zstd, and theirs by one with it', async () => {
    const old = await withoutZstd();
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const ours = packBlob(bytes, 'x');
        const theirs = old.packBlob(bytes, 'x');
        expect([0, 1]).toContain(ours[0]);
        expect([0, 2]).toContain(theirs[0]);
        expect(Buffer.from(old.unpackBlob(ours, 'x')).equals(bytes)).toBe(true);
        expect(Buffer.from(unpackBlob(theirs, 'x')).equals(bytes)).toBe(true);
      }),
    );
  });

  it('of another place, or changed in any bit, are refused', () => {
    const blob = packBlob(new Uint8Array(1000).fill(7), 'here');
    expect(() => unpackBlob(blob, 'there')).toThrow(RangeError);
    for (let bit = 0; bit < blob.length * 8; bit++) {
      const changed = Buffer.from(blob);
      changed[bit >> 3] ^= 1 << (bit & 7);
      expect(() => unpackBlob(changed, 'here'), `bit ${bit}`).toThrow();
    }
    expect(() => unpackBlob(blob.subarray(0, 3), 'here')).toThrow(RangeError);
  });
});
