import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packCauses, packColumn, unpackCauses, unpackColumn, unpackKind } from '#stream/pack';

const kindsOf = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => (i * 7) % 5);

/** Bit for bit: -0 and NaN included. */
function sameBits(left: Float64Array, right: Float64Array): boolean {
  return Buffer.from(left.buffer, left.byteOffset, left.byteLength).equals(
    Buffer.from(right.buffer, right.byteOffset, right.byteLength),
  );
}

describe('packed columns', () => {
  const doubles = fc.oneof(
    fc.array(fc.double(), { maxLength: 300 }),
    fc.array(fc.maxSafeInteger(), { maxLength: 300 }),
    fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 }), { maxLength: 300 }),
  );

  it('give doubles back bit for bit, with and without kinds', () => {
    fc.assert(
      fc.property(doubles, fc.boolean(), fc.boolean(), (list, withKinds, delta) => {
        const values = Float64Array.from(list);
        const kinds = kindsOf(values.length);
        const packed = packColumn(values, values.length, withKinds ? { kinds } : { delta });
        const back = new Float64Array(values.length);
        unpackColumn(packed, back, kinds);
        expect(sameBits(back, values)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('give the values of one kind back without the others', () => {
    fc.assert(
      fc.property(doubles, fc.nat(4), fc.boolean(), (list, kind, withKinds) => {
        const values = Float64Array.from(list);
        const kinds = kindsOf(values.length);
        const packed = packColumn(values, values.length, withKinds ? { kinds } : { delta: true });
        const back = new Float64Array(values.length);
        unpackKind(packed, back, kinds, kind);
        const only = (all: Float64Array): Float64Array => all.filter((_, i) => kinds[i] === kind);
        expect(sameBits(only(back), only(values))).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('give integers back, at the ends of their range', () => {
    const int32 = fc.oneof(
      fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 0),
    );
    fc.assert(
      fc.property(fc.array(int32, { maxLength: 300 }), (list) => {
        const values = Int32Array.from(list);
        const kinds = kindsOf(values.length);
        const back = new Int32Array(values.length);
        unpackColumn(packColumn(values, values.length, { kinds }), back, kinds);
        expect([...back]).toEqual([...values]);
      }),
    );
    const unsigned = Uint32Array.from([0, 1, 2 ** 31, 2 ** 32 - 1, 5]);
    const back = new Uint32Array(5);
    unpackColumn(packColumn(unsigned, 5, { delta: true }), back);
    expect([...back]).toEqual([...unsigned]);
  });

  it('give causes back: none, earlier, the event itself, later', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1, max: 2 ** 31 - 1 }), { maxLength: 300 }),
        fc.integer({ min: 0, max: 2 ** 31 - 301 }),
        (list, first) => {
          const values = Int32Array.from(list);
          const back = new Int32Array(values.length);
          unpackCauses(packCauses(values, first, values.length), back, first);
          expect([...back]).toEqual([...values]);
        },
      ),
    );
  });

  it('take one byte a value where neighbours resemble each other', () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => 1e15 + i * 100);
    expect(
      packColumn(
        values.map((_, i) => i * 100),
        1000,
        { delta: true },
      ).length,
    ).toBe(1002);
    expect(packColumn(values, 1000, { kinds: new Uint8Array(1000) }).length).toBeLessThanOrEqual(7 * 1000 + 2);
  });

  it('refuse bytes they did not make', () => {
    expect(() => unpackColumn(Uint8Array.of(0, 9, 1), new Int32Array(1))).toThrow(RangeError);
    expect(() => unpackColumn(Uint8Array.of(0, 1, 1), new Int32Array(2))).toThrow(RangeError);
    expect(() => unpackColumn(Uint8Array.of(4, 8, 0, 0, 0, 0, 0, 0, 0, 0), new Int32Array(1))).toThrow(RangeError);
  });
});
