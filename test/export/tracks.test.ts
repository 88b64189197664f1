import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tracks } from '#export/tracks';

describe('slices shared out to tracks', () => {
  it('stay on one track while they nest', () => {
    const tracks = new Tracks();
    const spans: [number, number][] = [[0, 10], [0, 4], [4, 10], [5, 5], [10, 12]]; // prettier-ignore
    expect(spans.map(([start, end]) => tracks.place(0, start, end).place)).toEqual([0, 0, 0, 0, 0]);
  });

  it('go beside each other where they would cut', () => {
    const tracks = new Tracks();
    expect(tracks.place(0, 0, 10).place).toBe(0);
    expect(tracks.place(0, 5, 15).place).toBe(1);
    expect(tracks.place(0, 12, 20).place).toBe(0);
    expect(tracks.place(1, 6, 7).place).toBe(0);
  });

  it('never cut another on their track, and each ends once, whatever their order', () => {
    const span = fc.record({ lane: fc.nat(2), start: fc.nat(50), length: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 60 }), (spans) => {
        let ended = 0;
        const tracks = new Tracks(() => ended++);
        const placed = new Map<number, [number, number][]>();
        for (const { lane, start, length } of spans) {
          const { number } = tracks.place(lane, start, start + length);
          const others = placed.get(number) ?? [];
          for (const [from, to] of others) {
            const apart = to <= start || start + length <= from;
            const nested = (from <= start && start + length <= to) || (start <= from && to <= start + length);
            expect(apart || nested).toBe(true);
          }
          placed.set(number, [...others, [start, start + length]]);
        }
        tracks.finish();
        expect(ended).toBe(spans.length);
      }),
    );
  });
});
