import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EVENT_COLUMNS, type EventBatch } from '#model/events';
import { InputError } from '#model/problem';
import { FULL_BATCH, makeBatch } from '#model/batch';
import { StoreFailure } from '#store/failures';
import { ID_LENGTH, idOf } from '#store/ids';
import { Library } from '#store/library';
import { defaultLibraryPath } from '#store/location';
import { MIGRATIONS } from '#store/migrations';
import { hashOf, sampleBatches, sampleDocument, sampleRun } from '../support/sample-run.ts';

let folder: string;
let library: Library;
const open: Library[] = [];

/** Each library opened in a test is closed after it. */
function openLibrary(path = join(folder, 'library.db')): Library {
  const opened = Library.open(path);
  open.push(opened);
  return opened;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-store-'));
  library = openLibrary();
});
afterEach(() => {
  for (const opened of open.splice(0)) opened.close();
  rmSync(folder, { recursive: true, force: true });
});

function sameColumns(left: EventBatch, right: EventBatch): void {
  expect([left.first, left.count]).toEqual([right.first, right.count]);
  for (const column of EVENT_COLUMNS) {
    const [x, y] = [left[column], right[column]];
    expect(
      Buffer.from(x.buffer, x.byteOffset, x.byteLength).equals(Buffer.from(y.buffer, y.byteOffset, y.byteLength)),
      column,
    ).toBe(true);
  }
}

describe('saving and loading', () => {
  it('gives every column of every event back', () => {
    const { id } = library.saveRun(sampleRun('big'), [], sampleBatches(200_000));
    const loaded = [...openLibrary().events(id)];
    const original = [...sampleBatches(200_000)];
    expect(loaded.length).toBe(Math.ceil(200_000 / FULL_BATCH));
    loaded.forEach((batch, i) => sameColumns(batch, original[i]));
  });

  it('gives back whatever numbers the columns hold', () => {
    let n = 0;
    const time = fc.oneof(fc.nat(1000), fc.double({ min: 0, max: 1e300, noNaN: true }));
    const row = fc.tuple(
      time,
      time,
      fc.nat(65_535),
      fc.nat(255),
      fc.double(),
      fc.integer(),
      fc.integer(),
      fc.integer(),
      fc.integer({ min: -1 }),
    );
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 50 }), (rows) => {
        const batch = makeBatch(0, rows.length);
        rows.forEach((values, i) => EVENT_COLUMNS.forEach((column, c) => (batch[column][i] = values[c])));
        const { id } = library.saveRun(sampleRun(`property ${n++}`), [], [structuredClone(batch)]);
        sameColumns([...library.events(id)][0], batch);
      }),
      { numRuns: 40 },
    );
  });

  it('gives the run back as it was given, with id, count and date', () => {
    const run = sampleRun('one', {
      name: 'First',
      notes: 'n',
      tags: ['b', 'a', 'b '],
      savedAt: '2026-11-22T10:00:00.000Z',
    });
    const { id, existing } = library.saveRun(run, [], sampleBatches(10));
    expect(existing).toBe(false);
    expect(id).toBe(idOf(run.hash));
    expect(library.getRun(id)).toEqual({ ...run, id, events: 10, tags: ['a', 'b'], starred: false });
  });

  it('keeps a run without events', () => {
    const { id } = library.saveRun(sampleRun('empty'), [], []);
    expect(library.getRun(id).events).toBe(0);
    expect(library.extent(id)).toEqual({ events: 0, from: 0, to: 0 });
    expect(library.tile(id, { from: 0, to: 10, columns: 10 }).cells.count).toBe(0);
    expect([...library.events(id)]).toEqual([]);
  });

  it('stores the same hash once, even when both were being saved at a time', () => {
    const first = library.saveRun(sampleRun('same'), [], sampleBatches(100));
    expect(library.saveRun(sampleRun('same'), [], sampleBatches(100))).toEqual({ id: first.id, existing: true });
    const token = library.beginRun();
    const other = openLibrary();
    for (const batch of sampleBatches(100)) library.append(token, batch);
    expect(other.saveRun(sampleRun('both'), [], sampleBatches(100)).existing).toBe(false);
    expect(library.commit(token, sampleRun('both'), []).existing).toBe(true);
    expect(library.listRuns().total).toBe(2);
  });

  it('shows nothing of a run before its commit, and nothing after an abort', () => {
    const token = library.beginRun();
    for (const batch of sampleBatches(70_000)) library.append(token, batch);
    expect(openLibrary().listRuns().total).toBe(0);
    library.abort(token);
    expect(() => library.commit(token, sampleRun('x'), [])).toThrow(RangeError);
    expect(library.listRuns().total).toBe(0);
  });

  it('drops what a failed save has left', () => {
    const broken = function* (): Generator<EventBatch> {
      yield* sampleBatches(70_000);
      throw new Error('the emulator broke');
    };
    expect(() => library.saveRun(sampleRun('x'), [], broken())).toThrow('the emulator broke');
    expect(library.listRuns().total).toBe(0);
    const bad = makeBatch(0, 1);
    bad.time[0] = NaN;
    expect(() => library.saveRun(sampleRun('x'), [], [bad])).toThrow(/event 0 starts at NaN/);
  });

  it('keeps a document once, whichever runs it went into, and refuses one that has another hash', () => {
    const machine = sampleDocument('machine', '{"id":"m2005"}');
    const a = library.saveRun(sampleRun('a'), [machine, sampleDocument('experiment', '{"a":1}')], []);
    const b = library.saveRun(sampleRun('b'), [machine], []);
    expect(library.documents(a.id).map((document) => document.kind)).toEqual(['machine', 'experiment']);
    expect(library.documents(b.id)).toEqual([machine]);
    const forged = { ...machine, json: '{"id":"m2024"}' };
    expect(() => library.saveRun(sampleRun('c'), [forged], sampleBatches(10))).toThrow(InputError);
    expect(library.listRuns().total).toBe(2);
  });
});

describe('naming a run', () => {
  it('takes an id, a unique beginning of it or of the hash, and the hash', () => {
    const run = sampleRun('named');
    const { id } = library.saveRun(run, [], []);
    for (const reference of [id, id.slice(0, 5), run.hash, run.hash.slice(0, 8)])
      expect(library.getRun(reference).id).toBe(id);
  });

  it('refuses what is unknown, too short or ambiguous, in words', () => {
    const { id } = library.saveRun(sampleRun('named'), [], []);
    expect(() => library.getRun('nosuchrun')).toThrow(/has no run "nosuchrun"/);
    expect(() => library.getRun(id.slice(0, 3))).toThrow(InputError);
    const hash = (end: string): string => `${'ab'.repeat(20)}${end.repeat(24)}`;
    const twins = ['1', '2'].map((end) => library.saveRun(sampleRun('x', { hash: hash(end) }), [], []).id);
    expect(twins[0]).toHaveLength(ID_LENGTH);
    expect(twins[1]).toHaveLength(ID_LENGTH + 1);
    expect(library.getRun(twins[0]).hash).toBe(hash('1'));
    expect(() => library.getRun(twins[0].slice(0, 6))).toThrow(/means more than one run/);
  });

  it('finds the run of a plan', () => {
    const run = sampleRun('planned');
    const { id } = library.saveRun(run, [], []);
    expect(library.findByPlan(run.planHash)).toBe(id);
    library.deleteRun(id);
    expect(library.findByPlan(run.planHash)).toBeUndefined();
  });
});

describe('listing', () => {
  it('filters, sorts and pages', () => {
    for (let n = 0; n < 20; n++) {
      const run = sampleRun(`run ${n}`, {
        policy: n % 2 === 0 ? 'P1' : 'P5',
        savedAt: `2026-11-${String(n + 1).padStart(2, '0')}T00:00:00.000Z`,
        tags: n % 5 === 0 ? ['fifth'] : [],
      });
      library.saveRun(run, [], sampleBatches(n * 10));
    }
    expect(library.listRuns({ policy: 'P5' }).total).toBe(10);
    expect(library.listRuns({ tag: 'fifth', policy: 'P1' }).total).toBe(2);
    expect(library.listRuns({ savedFrom: '2026-11-05', savedTo: '2026-11-08' }).total).toBe(3);
    expect(library.listRuns({ sort: 'events', limit: 3 }).runs.map((run) => run.events)).toEqual([0, 10, 20]);
    expect(
      library.listRuns({ sort: 'events', descending: true, limit: 2, offset: 1 }).runs.map((run) => run.events),
    ).toEqual([180, 170]);
    expect(library.listRuns().runs[0].savedAt).toBe('2026-11-20T00:00:00.000Z');
    expect(() => library.listRuns({ sort: 'colour' as 'name' })).toThrow(InputError);
  });

  it('finds words in names, notes and tags, as they change', () => {
    const { id } = library.saveRun(sampleRun('a', { name: 'Sparse Würfel' }), [], []);
    library.saveRun(sampleRun('b', { notes: 'nothing of note' }), [], []);
    const found = (text: string): string[] => library.listRuns({ text }).runs.map((run) => run.id);
    expect(found('wurf')).toEqual([id]);
    library.annotate(id, { name: 'Renamed', tags: ['thrash'] });
    expect(found('wurf')).toEqual([]);
    expect(found('thr ren')).toEqual([]);
    expect(found('thrash ren')).toEqual([id]);
    expect(found('"; DROP TABLE runs; -- *')).toEqual([]);
    expect(found('   ')).toHaveLength(2);
  });
});

describe('annotating and deleting', () => {
  it('changes only what is given', () => {
    const { id } = library.saveRun(sampleRun('a', { name: 'A', tags: ['x'] }), [], []);
    expect(library.annotate(id, { notes: 'seen', starred: true })).toEqual({
      name: 'A',
      notes: 'seen',
      tags: ['x'],
      starred: true,
    });
    expect(openLibrary().getRun(id)).toMatchObject({ name: 'A', notes: 'seen', tags: ['x'], starred: true });
    expect(library.tags()).toEqual([{ tag: 'x', runs: 1 }]);
  });

  it('keeps marks by time, changes and removes them, and refuses what is none', () => {
    const { id } = library.saveRun(sampleRun('a'), [], sampleBatches(10));
    const later = { id: 'm-2', kind: 'note', from: 500, to: 500, event: 3, text: 'Why here?' } as const;
    const sooner = { id: 'm-1', kind: 'mark', from: 100, to: 900, event: -1, text: '' } as const;
    library.putMark(id, later);
    expect(library.putMark(id, sooner)).toEqual([sooner, later]);
    expect(library.putMark(id, { ...later, text: 'Because.' })[1].text).toBe('Because.');
    expect(openLibrary().marks(id)).toHaveLength(2);
    expect(library.removeMark(id, 'm-1').map((mark) => mark.id)).toEqual(['m-2']);
    expect(library.removeMark(id, 'nothing')).toHaveLength(1);
    expect(() => library.putMark(id, { ...later, id: '../x' })).toThrow(InputError);
    expect(() => library.putMark(id, { ...later, from: 501 })).toThrow(InputError);
    expect(() => library.putMark('nosuchrun', later)).toThrow(InputError);
    library.deleteRun(id);
    expect(library.purgeDeleted()).toBe(1);
    library.saveRun(sampleRun('a'), [], sampleBatches(10));
    expect(library.marks(id)).toEqual([]);
  });

  it('brings a deleted run back until it is purged', () => {
    const { id } = library.saveRun(sampleRun('a'), [sampleDocument('machine', '{}')], sampleBatches(1000));
    library.deleteRun(id);
    expect(() => library.getRun(id)).toThrow(InputError);
    expect(library.listRuns({ deleted: true }).total).toBe(1);
    library.restoreRun(id);
    expect(library.getRun(id).events).toBe(1000);
    library.deleteRun(id);
    expect(library.saveRun(sampleRun('a'), [], []).existing).toBe(true);
    expect(library.getRun(id).events).toBe(1000);
    library.deleteRun(id);
    expect(library.purgeDeleted()).toBe(1);
    expect(() => library.restoreRun(id)).toThrow(InputError);
  });

  it('gives the space of purged runs back', () => {
    const { id } = library.saveRun(sampleRun('a'), [], sampleBatches(300_000));
    const before = library.size();
    expect(before).toMatchObject({ runs: 1, deleted: 0 });
    library.deleteRun(id);
    library.purgeDeleted();
    expect(library.size().bytes).toBeLessThan(before.bytes / 4);
  });
});

describe('events', () => {
  it('come by range, by time and by filter', () => {
    const { id } = library.saveRun(sampleRun('a'), [], sampleBatches(150_000));
    const all = [...sampleBatches(150_000)];
    const part = [...library.events(id, { from: 65_000, to: 66_000 })];
    expect(part.map((batch) => batch.count)).toEqual([536, 464]);
    expect(part[1].time[463]).toBe(all[1].time[65_999 - FULL_BATCH]);
    expect(library.event(id, 65_536).time).toBe(all[1].time[0]);
    expect(() => library.event(id, 150_000)).toThrow(InputError);
    const page = library.eventList(id, { start: 65_500, kinds: [16], limit: 5 });
    expect(page.rows.every((row) => row.kind === 16 && row.index >= 65_500)).toBe(true);
    expect(page.rows).toHaveLength(5);
    expect(library.eventList(id, { start: page.next!, kinds: [16], limit: 1 }).rows[0].index).toBe(page.next);
  });

  it('near a time begin with the one that covers it', () => {
    const { id } = library.saveRun(sampleRun('a'), [], sampleBatches(100_000));
    const step = library.event(id, 70_001);
    const near = library.nearest(id, { time: step.time + step.duration / 2, within: 1000, lanes: [step.lane] });
    expect(near[0]).toEqual(step);
  });

  it('make a tile in which none is lost', () => {
    const { id } = library.saveRun(sampleRun('a'), [], sampleBatches(300_000));
    const { from, to } = library.extent(id);
    const tile = library.tile(id, { from, to, columns: 500 });
    expect(tile.cells.events.reduce((sum, n) => sum + n, 0) + tile.spans.count).toBe(300_000);
    expect(() => library.tile(id, { from: 5, to: 5, columns: 10 })).toThrow(InputError);
    expect(() => library.tile(id, { from: 0, to: 5, columns: 0 })).toThrow(InputError);
  });
});

describe('opening', () => {
  it('leaves a file that is not a library as it is', () => {
    const text = join(folder, 'notes.txt');
    writeFileSync(text, 'these are notes, '.repeat(100));
    expect(() => Library.open(text)).toThrow(/not a Faultline library/);
    expect(readdirSync(folder).filter((name) => name.startsWith('notes'))).toEqual(['notes.txt']);
  });

  it('says so when a folder stands in the way', () => {
    expect(() => Library.open(folder)).toThrow(StoreFailure);
    expect(() => Library.open(join(folder, 'library.db', 'sub', 'x.db'))).toThrow(StoreFailure);
  });

  it('of every older version gives the same library', () => {
    const picture = (opened: Library): string => {
      const { runs } = opened.listRuns();
      const tables = opened.listRuns({ text: 'first' }).total;
      return JSON.stringify([
        runs,
        tables,
        runs.map(({ id }) => [
          opened.getRun(id),
          opened.putMark(id, { id: 'm', kind: 'flag', from: 0, to: 0, event: -1, text: '' }),
          opened.documents(id),
          [...opened.events(id)].length,
        ]),
      ]);
    };
    const pictures = MIGRATIONS.map((_, version) => {
      const path = join(folder, `version-${version + 1}.db`);
      const old = Library.open(path, { migrations: MIGRATIONS.slice(0, version + 1) });
      old.saveRun(
        sampleRun('a', { name: 'First', savedAt: '2026-01-01T00:00:00.000Z' }),
        [sampleDocument('machine', '{}')],
        sampleBatches(1000),
      );
      old.close();
      return picture(openLibrary(path));
    });
    expect(new Set(pictures).size).toBe(1);
    expect(pictures[0]).toContain('First');
  });

  it('refuses a library of a newer version, and backs an older one up before it migrates', () => {
    const path = join(folder, 'old.db');
    openLibrary(path).saveRun(sampleRun('a'), [], sampleBatches(10));
    open.pop()!.close();
    const next = [...MIGRATIONS, { what: 'a test', sql: 'ALTER TABLE runs ADD COLUMN colour TEXT' }];
    const migrated = Library.open(path, { migrations: next });
    expect(migrated.listRuns().total).toBe(1);
    migrated.close();
    const backup = readdirSync(folder).find((name) => name.startsWith(`old.db.version-${MIGRATIONS.length}`));
    expect(backup).toBeDefined();
    expect(() => Library.open(path)).toThrow(`newer Faultline (version ${MIGRATIONS.length + 1})`);
    expect(openLibrary(join(folder, backup!)).listRuns().total).toBe(1);
  });

  it('leaves the old version when a migration fails', () => {
    const path = join(folder, 'old.db');
    openLibrary(path).saveRun(sampleRun('a'), [], []);
    open.pop()!.close();
    const broken = [...MIGRATIONS, { what: 'a test', sql: 'ALTER TABLE runs ADD COLUMN colour TEXT; NONSENSE' }];
    expect(() => Library.open(path, { migrations: broken })).toThrow();
    expect(openLibrary(path).listRuns().total).toBe(1);
  });

  it('makes the folders on the way', () => {
    const path = join(folder, 'a', 'b', 'library.db');
    openLibrary(path);
    expect(existsSync(path)).toBe(true);
  });
});

describe('the default place', () => {
  it('follows each platform’s custom and FAULTLINE_LIBRARY', () => {
    const at = (platform: NodeJS.Platform, env: Record<string, string> = {}): string =>
      defaultLibraryPath({ env, platform, home: platform === 'win32' ? 'C:\\Users\\u' : '/home/u' });
    expect(at('linux')).toBe('/home/u/.local/share/faultline/library.faultline.db');
    expect(at('linux', { XDG_DATA_HOME: '/data' })).toBe('/data/faultline/library.faultline.db');
    expect(at('linux', { XDG_DATA_HOME: 'relative' })).toBe('/home/u/.local/share/faultline/library.faultline.db');
    expect(at('darwin')).toBe('/home/u/Library/Application Support/Faultline/library.faultline.db');
    expect(at('win32')).toBe('C:\\Users\\u\\AppData\\Local\\Faultline\\library.faultline.db');
    expect(at('linux', { FAULTLINE_LIBRARY: '/x/y.db' })).toBe('/x/y.db');
  });

  it('never meets two hashes in one id', () => {
    expect(idOf(hashOf('a'))).not.toBe(idOf(hashOf('b')));
    expect(idOf('00'.repeat(32))).toBe('aaaaaaaaaa');
    expect(idOf('ff'.repeat(32), 52)).toBe('7'.repeat(51));
  });
});
