import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Layout } from '#emulator/disk/hdd/layout';
import { SPARING_SCHEMES } from '#model/drive';
import { InputError } from '#model/problem';
import { plainDrive, type Overrides } from './drives.ts';

const from = { source: 'made up for a test', method: 'derived' } as const;
const slipped = (rows: number[][]) => ({ columns: ['zone', 'location'], units: ['', ''], rows, ...from });
const remapped = (rows: number[][]) => ({ columns: ['zone', 'from', 'to'], units: ['', '', ''], rows, ...from });

function layoutOf(over: Overrides): Layout {
  return new Layout(plainDrive(over));
}

/** Physical place of a logical sector: zone and sector within the zone. */
function placeOf(layout: Layout, lbn: number): string {
  layout.locate(lbn);
  return `${layout.zone}:${layout.physical}`;
}

describe('where sectors lie', () => {
  it('fills track by track, head by head, cylinder by cylinder', () => {
    const layout = layoutOf({});
    expect(layout.sectors).toBe(100 * 2 * 100);
    layout.locate(0);
    expect([layout.cylinder, layout.head, layout.angle, layout.contiguous]).toEqual([0, 0, 0, 100]);
    layout.locate(199);
    expect([layout.cylinder, layout.head, layout.contiguous]).toEqual([0, 1, 1]);
    layout.locate(250);
    expect([layout.cylinder, layout.head]).toEqual([1, 0]);
  });

  it('turns tracks against one another by the skews', () => {
    const layout = layoutOf({});
    layout.locate(100); // one track switch
    expect(layout.angle).toBeCloseTo(0.1, 12);
    layout.locate(200); // one track switch and one cylinder switch
    expect(layout.angle).toBeCloseTo(0.3, 12);
  });

  it('goes up and down the heads in turn when the drive is serpentine', () => {
    const layout = layoutOf({ geometry: { numbering: 'serpentine' } });
    layout.locate(200);
    expect([layout.cylinder, layout.head]).toEqual([1, 1]);
    layout.locate(300);
    expect([layout.cylinder, layout.head]).toEqual([1, 0]);
  });

  it('leaves slipped sectors out and goes on behind them', () => {
    const layout = layoutOf({ geometry: { sparing: { scheme: 'sectors-per-zone' }, slipped: slipped([[0, 5], [0, 6]]) }, zones: [[0, 99, 100, 0, 0, 10, 20, 40]] }); // prettier-ignore
    expect(layout.sectors).toBe(20000 - 40);
    expect(placeOf(layout, 4)).toBe('0:4');
    expect(placeOf(layout, 5)).toBe('0:7');
    layout.locate(3);
    expect(layout.contiguous).toBe(2);
  });

  it('sends remapped sectors elsewhere', () => {
    const layout = layoutOf({ geometry: { sparing: { scheme: 'sectors-per-zone' }, remapped: remapped([[0, 50, 19990]]) }, zones: [[0, 99, 100, 0, 0, 10, 20, 40]] }); // prettier-ignore
    expect(placeOf(layout, 50)).toBe('0:19990');
    expect(placeOf(layout, 51)).toBe('0:51');
  });

  it('skips whole slipped tracks', () => {
    const layout = layoutOf({ geometry: { sparing: { scheme: 'tracks-per-zone' }, slipped: slipped([[0, 1]]) }, zones: [[0, 99, 100, 0, 0, 10, 20, 2]] }); // prettier-ignore
    expect(layout.sectors).toBe(20000 - 200);
    expect(placeOf(layout, 100)).toBe('0:200');
  });

  it('keeps spares of every track free', () => {
    const layout = layoutOf({
      geometry: { sparing: { scheme: 'sectors-per-track' } },
      zones: [[0, 99, 100, 0, 198, 10, 20, 1]],
    });
    expect(layout.sectors).toBe(200 * 99 - 198);
    expect(placeOf(layout, 0)).toBe('0:200'); // two tracks of 99 are reserved
    expect(placeOf(layout, 99)).toBe('0:300');
  });

  it('does not offer more than the capacity', () => {
    expect(layoutOf({ capacity: 1234 }).sectors).toBe(1234);
  });

  it('refuses zones that overlap or leave the disk', () => {
    expect(() => layoutOf({ zones: [[0, 50, 100, 0, 0, 0, 0, 0], [50, 99, 90, 0, 0, 0, 0, 0]] })).toThrow(InputError); // prettier-ignore
    expect(() => layoutOf({ zones: [[0, 100, 100, 0, 0, 0, 0, 0]] })).toThrow(/geometry\.zones\.rows\[0\]/);
  });
});

const overrides = fc
  .record({
    scheme: fc.constantFrom(...SPARING_SCHEMES),
    numbering: fc.constantFrom('cylinder' as const, 'serpentine' as const, 'serpentine-in-zone' as const),
    rangeCylinders: fc.integer({ min: 1, max: 7 }),
    spares: fc.integer({ min: 0, max: 5 }),
    reserved: fc.integer({ min: 0, max: 300 }),
    slips: fc.uniqueArray(fc.integer({ min: 0, max: 3000 }), { maxLength: 5 }),
  })
  .map(({ scheme, numbering, rangeCylinders, spares, reserved, slips }): Overrides => ({
    geometry: {
      numbering,
      sparing: { scheme, rangeCylinders },
      ...(scheme === 'tracks-per-zone' || slips.length > spares ? {} : { slipped: slipped(slips.map((s) => [0, s])) }),
    },
    zones: [
      [0, 40, 40, 3, reserved, 5, 9, spares],
      [42, 99, 30, 0, 0, 4, 7, spares],
    ],
  }));

describe('laws of every layout', () => {
  it('gives each logical sector a place of its own', () => {
    fc.assert(
      fc.property(overrides, (over) => {
        const layout = layoutOf(over);
        const seen = new Set<string>();
        for (let lbn = 0; lbn < layout.sectors; lbn += 1) seen.add(placeOf(layout, lbn));
        expect(seen.size).toBe(layout.sectors);
      }),
      { numRuns: 25, seed: 1992 },
    );
  });

  it('divides the disk into tracks that follow one another', () => {
    fc.assert(
      fc.property(overrides, (over) => {
        const layout = layoutOf(over);
        for (let lbn = 0; lbn < layout.sectors;) {
          const end = layout.endOfTrack(lbn);
          expect(end).toBeGreaterThan(lbn);
          expect(layout.firstOnTrack(end - 1)).toBe(lbn);
          lbn = end;
        }
      }),
      { numRuns: 25, seed: 1992 },
    );
  });

  it('never claims a run across the end of a track', () => {
    fc.assert(
      fc.property(overrides, fc.nat(2000), (over, at) => {
        const layout = layoutOf(over);
        const lbn = Math.min(at, layout.sectors - 1);
        layout.locate(lbn);
        const run = layout.contiguous;
        const place = layout.physical;
        if (lbn + run - 1 < layout.sectors) {
          layout.locate(lbn + run - 1);
          expect(layout.physical).toBe(place + run - 1);
        }
        expect(lbn + run).toBeLessThanOrEqual(Math.max(layout.endOfTrack(lbn), lbn + run));
      }),
    );
  });
});
