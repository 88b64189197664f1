import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DiskOp } from '#emulator/disk/disk';
import { HardDrive } from '#emulator/disk/hdd/drive';
import { driveSchema, type DriveDocument } from '#model/drive';
import { InputError } from '#model/problem';
import { validate } from '#model/validate';
import { plainDrive } from './drives.ts';

/** Where the numbers of a document are: each place as the keys that lead to it. */
function numbersIn(value: unknown, keys: readonly string[] = []): string[][] {
  if (typeof value === 'number') return [[...keys]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, [...keys, key]));
}

function withNumber(document: DriveDocument, keys: readonly string[], number: number): unknown {
  const copy = structuredClone(document) as unknown as Record<string, unknown>;
  let at = copy;
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[keys[keys.length - 1]] = number;
  return copy;
}

const from = { source: 'made up for a test', method: 'derived' } as const;
const template = plainDrive({
  geometry: {
    sparing: { scheme: 'sectors-per-cylinder' },
    slipped: { columns: ['zone', 'location'], units: ['', ''], rows: [[0, 30], [0, 500]], ...from }, // prettier-ignore
    remapped: { columns: ['zone', 'from', 'to'], units: ['', '', ''], rows: [[0, 40, 199]], ...from },
  },
  zones: [[0, 99, 100, 0, 0, 10, 20, 3]],
});
const places = numbersIn(template);

describe('drive documents', () => {
  it('need a source for every figure and a reason for every estimate', () => {
    const noSource = structuredClone(template) as unknown as { mechanics: { rotation: { source?: string } } };
    delete noSource.mechanics.rotation.source;
    expect(() => validate(driveSchema, noSource)).toThrow(/mechanics\.rotation\.source/);
    const guess = structuredClone(template) as unknown as { mechanics: { rotation: { method: string } } };
    guess.mechanics.rotation.method = 'estimated';
    expect(() => validate(driveSchema, guess)).toThrow(/mechanics\.rotation.*reason/);
  });

  it('are refused at the field', () => {
    expect(() => validate(driveSchema, withNumber(template, ['geometry', 'surfaces', 'value'], 0))).toThrow(
      /geometry\.surfaces/,
    );
    expect(() => validate(driveSchema, withNumber(template, ['mechanics', 'seek', 'rows', '1', '0'], 1))).toThrow(
      /mechanics\.seek.*ascend/,
    );
    expect(() => validate(driveSchema, { ...template, colour: 'blue' })).toThrow(/colour/);
  });

  it('that ask for more slipped sectors than there are spares are refused', () => {
    const document = validate(driveSchema, withNumber(template, ['geometry', 'zones', 'rows', '0', '7'], 1));
    const rows = [31, 32, 33].map((place) => [0, place]);
    expect(
      () =>
        new HardDrive({
          ...document,
          geometry: {
            ...document.geometry,
            slipped: { columns: ['zone', 'location'], units: ['', ''], rows, ...from },
          },
        }),
    ).toThrow(/more slipped sectors than spares/);
  });

  it('make a drive that works, or are refused with an error of ours, whatever their numbers', () => {
    const number = fc.oneof(
      fc.integer({ min: -3, max: 300 }),
      fc.double({ noNaN: true, min: -10, max: 1e4 }),
      fc.constantFrom(0, -1, 0.5, 1e6, 1e9, 2 ** 40),
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), number, (keys, value) => {
        try {
          const drive = new HardDrive(validate(driveSchema, withNumber(template, keys, value)));
          drive.submit(0, DiskOp.read, 0, 1, 0, 0);
          expect(drive.nextCompletion()).toBeGreaterThanOrEqual(0);
          drive.complete();
          drive.submit(1e12, DiskOp.write, drive.sectors - 1, 1, 0, 0);
          expect(drive.nextCompletion()).toBeLessThan(Infinity);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 600, seed: 1992 },
    );
  });
});
