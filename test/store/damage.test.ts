import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_COLUMNS } from '#model/events';
import { openForReading } from '#store/database';
import { hashOfText } from '#store/hashes';
import { StoreFailure } from '#store/failures';
import { Library } from '#store/library';
import { repairLibrary, type Repair } from '#store/repair';
import { randomFrom, sampleBatches, sampleDocument, sampleRun } from '../support/sample-run.ts';

const CORRUPTIONS = 100;
let folder: string;
let original: string;
/** By id: everything the run is, as one text. */
const truth = new Map<string, string>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-damage-'));
  original = join(folder, 'original.db');
  const library = Library.open(original);
  for (let n = 0; n < 8; n++) {
    const documents = [
      sampleDocument('machine', '{"shared":true}'),
      sampleDocument('experiment', `{"n":${n},"text":"${'x'.repeat(500)}"}`),
    ];
    const run = sampleRun(`run ${n}`, {
      name: `Run ${n}`,
      notes: `notes of ${n}`,
      tags: ['t', `t${n}`],
      savedAt: `2026-11-2${n}T00:00:00.000Z`,
    });
    const { id } = library.saveRun(run, documents, sampleBatches(n === 5 ? 150_000 : 2000 * n, n));
    truth.set(id, portrait(library, id));
  }
  library.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Everything a library says of a run. */
function portrait(library: Library, id: string): string {
  const events = [...library.events(id)].map((batch) =>
    EVENT_COLUMNS.map((column) =>
      hashOfText(
        Buffer.from(batch[column].buffer, batch[column].byteOffset, batch[column].byteLength).toString('base64'),
      ),
    ),
  );
  const { from, to } = library.extent(id);
  const tile = library.tile(id, { from, to: Math.max(to, from + 1), columns: 50 });
  return JSON.stringify([
    library.getRun(id),
    library.documents(id),
    events,
    from,
    to,
    [...tile.cells.events],
    [...tile.spans.index],
  ]);
}

type Spoil = (bytes: Buffer, random: () => number) => Buffer;
const at = (bytes: Buffer, random: () => number): number => Math.floor(random() * bytes.length);
/** Ways in which disks and people damage files. */
const SPOILS: Record<string, Spoil> = {
  'a flipped bit': (bytes, random) => {
    bytes[at(bytes, random)] ^= 1 << Math.floor(random() * 8);
    return bytes;
  },
  'a flipped bit in the first 64 KiB': (bytes, random) => {
    bytes[Math.floor(random() * 65_536)] ^= 1 << Math.floor(random() * 8);
    return bytes;
  },
  'random bytes': (bytes, random) => {
    const from = at(bytes, random);
    for (let i = from; i < Math.min(bytes.length, from + 1 + random() * 5000); i++)
      bytes[i] = Math.floor(random() * 256);
    return bytes;
  },
  'zeroed sectors': (bytes, random) => {
    const from = Math.floor(at(bytes, random) / 512) * 512;
    return bytes.fill(0, from, from + 512 * Math.floor(1 + random() * 64));
  },
  'a lost beginning': (bytes, random) => bytes.fill(0, 0, 1 + Math.floor(random() * 16_384)),
  'a cut end': (bytes, random) => bytes.subarray(0, at(bytes, random)),
  'a page in the place of another': (bytes, random) => {
    const page = (n: number): number => Math.floor(n / 16_384) * 16_384;
    const from = page(at(bytes, random));
    bytes.copy(bytes, page(at(bytes, random)), from, from + 16_384);
    return bytes;
  },
};

/** What of the library can be read through the front door: by id, the portrait. Anything but a StoreFailure is a defect. */
function readWhatCanBe(path: string, ids: Iterable<string> = truth.keys()): Map<string, string> {
  const readable = new Map<string, string>();
  const refuse = (error: unknown): void => {
    expect(error).toBeInstanceOf(StoreFailure);
    const failure = error as StoreFailure;
    expect(['damaged', 'not-a-library', 'newer', 'io']).toContain(failure.trouble);
    expect(failure.message).toContain(path);
  };
  let library: Library;
  try {
    library = Library.open(path);
  } catch (error) {
    refuse(error);
    return readable;
  }
  for (const id of ids) {
    try {
      readable.set(id, portrait(library, id));
    } catch (error) {
      refuse(error);
    }
  }
  try {
    library.listRuns();
    library.listRuns({ text: 'run' });
  } catch (error) {
    refuse(error);
  }
  library.close();
  return readable;
}

describe('a damaged file', () => {
  it(`in ${CORRUPTIONS} random ways never gives wrong data, is never written over, and what can be read is saved`, () => {
    const random = randomFrom(2026);
    const ways = Object.entries(SPOILS);
    const tally = { sound: 0, refused: 0, saved: 0, partly: 0 };
    for (let n = 0; n < CORRUPTIONS; n++) {
      const [way, spoil] = ways[n % ways.length];
      const home = join(folder, `case-${n}`);
      const path = join(mkdtempSync(home), 'library.db');
      const bytes = Buffer.from(spoil(readFileSync(original), random));
      writeFileSync(path, bytes);

      const readable = readWhatCanBe(path);
      for (const [id, text] of readable) expect(text, `${way}, case ${n}`).toBe(truth.get(id));
      expect(readFileSync(path).equals(bytes), `${way}, case ${n}: the file was written to`).toBe(true);
      tally[readable.size === truth.size ? 'sound' : 'refused']++;

      const repair = tryRepair(path);
      if (repair === undefined) {
        expect(readable.size).toBe(0);
        expect(readFileSync(path).equals(bytes)).toBe(true);
      } else {
        expect(readFileSync(repair.kept).equals(bytes)).toBe(true);
        const whole = readWhatCanBe(path, repair.whole);
        expect([...whole.keys()].sort(), `${way}, case ${n}`).toEqual([...repair.whole].sort());
        for (const [id, text] of whole)
          expect(sameButNotes(text, truth.get(id)!), `${way}, case ${n}, after repair`).toBe(true);
        for (const id of readable.keys()) expect(repair.whole, `${way}, case ${n}`).toContain(id);
        tally.saved += repair.whole.length;
        tally.partly += repair.partly.length;
      }
      // Nothing is left lying about.
      expect(readdirSync(join(path, '..')).filter((name) => /copy|repaired/.test(name))).toEqual([]);
      rmSync(join(path, '..'), { recursive: true, force: true });
    }
    console.log(`corruptions: ${JSON.stringify(tally)} of ${CORRUPTIONS * truth.size} runs`);
    expect(tally.refused).toBeGreaterThan(CORRUPTIONS / 4);
    expect(tally.saved + tally.partly).toBeGreaterThan(CORRUPTIONS * truth.size * 0.7);
  }, 300_000);

  it('is read behind a lost first page', () => {
    const path = join(folder, 'headless.db');
    copyFileSync(original, path);
    writeFileSync(path, readFileSync(path).fill(0, 0, 16_384));
    expect(() => Library.open(path)).toThrow(/not a Faultline library/);
    expect(repairLibrary(path).whole).toHaveLength(truth.size);
  });

  it('keeps the part of a run’s events before the damage, under another hash', () => {
    const path = join(folder, 'half.db');
    copyFileSync(original, path);
    const library = Library.open(path);
    const { id } = library.listRuns({ sort: 'events', descending: true, limit: 1 }).runs[0];
    const last = [...library.events(id)].at(-1)!;
    library.close();
    const bytes = readFileSync(path);
    // The last batch's blobs are the last written of that run: spoil the file where its addresses lie.
    const spoiled = spoilColumn(path, bytes, 2);
    writeFileSync(path, spoiled);
    const repair = repairLibrary(path);
    expect(repair.partly).toHaveLength(1);
    const part = Library.open(path);
    expect(part.getRun(repair.partly[0].now)).toMatchObject({ events: last.first, tags: ['damaged', 't', 't5'] });
    expect(part.getRun(repair.partly[0].now).notes).toContain('notes of 5');
    part.close();
  });

  it('without damage comes through a repair whole, notes and deletions included', () => {
    const path = join(folder, 'sound.db');
    copyFileSync(original, path);
    const library = Library.open(path);
    const { id } = library.listRuns().runs[0];
    const mark = { id: 'm', kind: 'note', from: 1, to: 2, event: -1, text: 'kept' } as const;
    library.putMark(id, mark);
    library.deleteRun(id);
    library.close();
    const repair = repairLibrary(path);
    expect([repair.whole.length, repair.partly.length, repair.lost.length]).toEqual([8, 0, 0]);
    const after = Library.open(path);
    expect(after.listRuns({ deleted: true }).runs.map((run) => run.id)).toEqual([id]);
    after.restoreRun(id);
    expect(after.marks(id)).toEqual([mark]);
    for (const [known, text] of truth) expect(portrait(after, known)).toBe(text);
    after.close();
    expect(statSync(repair.kept).size).toBeGreaterThan(0);
  });
});

/** Undefined when nothing of the file can be read. */
function tryRepair(path: string): Repair | undefined {
  try {
    return repairLibrary(path);
  } catch (error) {
    if (error instanceof StoreFailure && error.trouble === 'not-a-library') return undefined;
    throw error;
  }
}

/** Damaged notes are given up by a repair; everything else must be as it was. */
function sameButNotes(left: string, right: string): boolean {
  const [x, y] = [left, right].map((text) => JSON.parse(text) as [Record<string, unknown>, ...unknown[]]);
  if (String(x[0]['notes']).includes('were lost'))
    for (const field of ['name', 'notes', 'tags']) x[0][field] = y[0][field];
  return JSON.stringify(x) === JSON.stringify(y);
}

/** Flips a byte in the middle of the largest blob of a batch. */
function spoilColumn(path: string, bytes: Buffer, batch: number): Buffer {
  const db = openForReading(path);
  const blobs = db.prepare<[number], Buffer>('SELECT data FROM event_columns WHERE batch = ?').pluck().all(batch);
  db.close();
  const blob = blobs.sort((x, y) => y.length - x.length)[0];
  const needle = blob.subarray(5, 45);
  const found = bytes.indexOf(needle);
  expect(found).toBeGreaterThan(0);
  bytes[found + 20] ^= 0xff;
  return bytes;
}
