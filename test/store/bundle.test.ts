import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunHasher } from '#model/run-hash';
import type { NewRun } from '#model/library';
import { InputError } from '#model/problem';
import { hashOfText } from '#store/hashes';
import { Library } from '#store/library';
import { ZipReader, ZipWriter } from '#store/zip';
import { randomFrom, sampleBatches, sampleDocument, sampleRun } from '../support/sample-run.ts';

let folder: string;
let opened: Library[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-bundle-'));
  opened = [];
});
afterEach(() => {
  for (const library of opened) library.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
let clock = 0;
function openLibrary(name: string): Library {
  // Every annotation has a time of its own.
  const library = Library.open(at(name), { now: () => new Date(Date.UTC(2026, 0, 1) + clock++ * 1000) });
  opened.push(library);
  return library;
}

/** A run whose hash follows from its events and result, as an emulated one's does. */
function honestRun(n: number, events: number): NewRun {
  // A later emulator may tell more than this version knows.
  const metrics = { ...sampleRun('').metrics, later: { figure: n } };
  const run = sampleRun(`run ${n}`, { experiment: `e${n}`, metrics });
  const hasher = new RunHasher(run.planHash, createHash('sha256'));
  for (const batch of sampleBatches(events, n)) hasher.batch(batch);
  const { phases, lanes, verdict, waitFor } = run;
  return { ...run, hash: hasher.finish({ metrics, phases, lanes, verdict, waitFor }) };
}

function save(library: Library, n: number, events = 500 * n): string {
  const documents = [sampleDocument('machine', '{"shared":1}'), sampleDocument('experiment', `{"n":${n}}`)];
  return library.saveRun(honestRun(n, events), documents, sampleBatches(events, n)).id;
}

/** Everything a library holds, as text. */
function portrait(library: Library): string {
  const { runs } = library.listRuns({ sort: 'events', limit: 1000 });
  return JSON.stringify(
    runs.map(({ id }) => [
      library.getRun(id),
      library.marks(id),
      library.documents(id),
      [...library.events(id)].map((batch) =>
        hashOfText(JSON.stringify([[...batch.time], [...batch.address], [...batch.cause]])),
      ),
    ]),
  );
}

describe('a bundle', () => {
  it('carries runs with documents, notes and events into another library, once', () => {
    const from = openLibrary('from.db');
    const ids = [save(from, 1), save(from, 2, 70_000), save(from, 3)];
    from.annotate(ids[1], { name: 'Second', notes: 'seen', tags: ['x'], starred: true });
    from.putMark(ids[1], { id: 'here', kind: 'note', from: 5, to: 9, event: 3, text: 'look' });
    from.putMark(ids[1], { id: 'gone', kind: 'flag', from: 1, to: 1, event: -1, text: '' });
    from.removeMark(ids[1], 'gone');
    from.exportBundle([...ids, ids[0]], at('b.faultline'));
    const to = openLibrary('to.db');
    expect(to.importBundle(at('b.faultline'))).toEqual(ids.map((id) => ({ id, existing: false })));
    expect(portrait(to)).toBe(portrait(from));
    expect(to.importBundle(at('b.faultline'))).toEqual(ids.map((id) => ({ id, existing: true })));
    expect(portrait(to)).toBe(portrait(from));
  });

  it('is the same bytes for the same runs, and is not written over', () => {
    const from = openLibrary('from.db');
    const id = save(from, 1);
    const stopped = (): Date => new Date(0);
    const still = Library.open(at('from.db'), { now: stopped });
    opened.push(still);
    still.exportBundle([id], at('a.faultline'));
    still.exportBundle([id], at('b.faultline'));
    expect(readFileSync(at('a.faultline')).equals(readFileSync(at('b.faultline')))).toBe(true);
    expect(() => still.exportBundle([id], at('a.faultline'))).toThrow(/exists already/);
    still.exportBundle([id], at('a.faultline'), true);
    expect(() => still.exportBundle(['nosuchrun'], at('c.faultline'))).toThrow(InputError);
    expect(readdirSync(folder).filter((name) => name.includes('part') || name.startsWith('c.'))).toEqual([]);
  });

  it('merges in any order and any number of times to the same library', () => {
    let n = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 1, 2), { minLength: 3, maxLength: 6 }), (order) => {
        const home = `case-${n++}`;
        const notes = ['left', 'right', ''];
        const bundles = [0, 1, 2].map((which) => {
          const library = openLibrary(`${home}-${which}.db`);
          const ids = [save(library, 1), save(library, which + 1)];
          if (which < 2) library.annotate(ids[0], { notes: notes[which], tags: [`t${which}`] });
          library.putMark(ids[0], { id: 'shared', kind: 'flag', from: which, to: which, event: -1, text: '' });
          library.putMark(ids[0], { id: `own-${which}`, kind: 'mark', from: 7, to: 8, event: -1, text: '' });
          if (which === 1) library.removeMark(ids[0], 'shared');
          library.exportBundle([...new Set(ids)], at(`${home}-${which}.faultline`));
          return at(`${home}-${which}.faultline`);
        });
        const inOrder = openLibrary(`${home}-a.db`);
        const shuffled = openLibrary(`${home}-b.db`);
        for (const file of bundles) inOrder.importBundle(file);
        for (const which of [...order, 2, 1, 0]) shuffled.importBundle(bundles[which]);
        expect(portrait(shuffled)).toBe(portrait(inOrder));
      }),
      { numRuns: 5 },
    );
  });
});

describe('a hostile bundle is refused, and nothing of it is taken:', () => {
  /** An honest bundle with some entries changed; a null removes one. The manifest is made to fit unless it is given. */
  function forge(change: (entries: Map<string, Buffer>) => void, honestManifest = true): string {
    const from = openLibrary('from.db');
    from.exportBundle([save(from, 1), save(from, 2)], at('honest.faultline'));
    const zip = new ZipReader(at('honest.faultline'));
    const entries = new Map(zip.names.map((name) => [name, zip.read(name, 1e8)]));
    zip.close();
    change(entries);
    if (honestManifest) {
      const manifest = JSON.parse(entries.get('manifest.json')!.toString()) as { entries: Record<string, string> };
      manifest.entries = {};
      for (const [name, bytes] of entries)
        if (name !== 'manifest.json') manifest.entries[name] = createHash('sha256').update(bytes).digest('hex');
      entries.set('manifest.json', Buffer.from(JSON.stringify(manifest)));
    }
    const writer = new ZipWriter(at('forged.faultline'));
    for (const [name, bytes] of entries) writer.add(name, bytes);
    writer.finish();
    return at('forged.faultline');
  }

  function expectRefused(file: string, message: RegExp): void {
    const to = openLibrary('to.db');
    let error: unknown;
    try {
      to.importBundle(file);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toMatch(message);
    expect((error as InputError).message).toContain(file);
    expect(to.listRuns().total).toBe(0);
    expect(to.unfinished()).toBe(0);
  }
  const find = (entries: Map<string, Buffer>, start: string): string =>
    [...entries.keys()].find((name) => name.startsWith(start))!;
  const edit = (entries: Map<string, Buffer>, name: string, from: string, to: string): void => {
    const text = entries.get(name)!.toString();
    expect(text).toContain(from);
    entries.set(name, Buffer.from(text.replace(from, to)));
  };

  it('a document under a hash that is not its own', () => {
    expectRefused(
      forge((entries) => entries.set(find(entries, 'documents/'), Buffer.from('{"forged":1}'))),
      /does not have the hash it is named by/,
    );
  });

  it('a result that was touched up', () => {
    expectRefused(
      forge((entries) => edit(entries, find(entries, 'runs/'), '"minor": 6', '"minor": 7')),
      /does not have the hash that its events and result give/,
    );
  });

  it('events of another run', () => {
    expectRefused(
      forge((entries) => {
        const [first, second] = [...entries.keys()].filter((name) => name.startsWith('events/'));
        entries.set(first, entries.get(second)!);
      }),
      /make no sense|does not have the hash/,
    );
  });

  it('an entry that its manifest does not vouch for', () => {
    expectRefused(
      forge((entries) => edit(entries, find(entries, 'runs/'), '"starred": false', '"starred": true'), false),
      /does not have the hash its manifest says/,
    );
    rmSync(at('forged.faultline'));
  });

  it('paths that lead elsewhere', () => {
    for (const [i, name] of [
      '../../evil.txt',
      '/etc/passwd',
      'runs/../evil',
      'events/x\\..\\y',
      'documents/' + 'a'.repeat(64) + '.json/../x',
    ].entries()) {
      const file = forge((entries) => entries.set(name, Buffer.from('x')));
      expectRefused(file, /a bundle has no entry like/);
      rmSync(file);
      rmSync(at('honest.faultline'));
      if (i === 0) expect(readdirSync(folder).some((entry) => entry.includes('evil'))).toBe(false);
    }
  });

  it('a record without its fields, of the wrong kind, or with an impossible date', () => {
    const cases: [string, string, RegExp][] = [
      ['"verdict": "finished"', '"verdict": "done"', /run\.verdict/],
      ['"events": 500', '"events": -1', /run\.events/],
      ['"savedAt": "2026', '"savedAt": "x2026', /this is no time/],
      ['"annotatedAt"', '"annotated"', /annotatedAt: missing/],
      ['"documents":', '"marks": [{"id": "../x", "changedAt": "", "mark": null}], "documents":', /marks/],
    ];
    for (const [from, to, message] of cases) {
      const file = forge((entries) => {
        const name = [...entries.keys()].find(
          (key) => key.startsWith('runs/') && entries.get(key)!.includes('"events": 500'),
        )!;
        edit(entries, name, from, to);
      });
      expectRefused(file, message);
      rmSync(file);
      rmSync(at('honest.faultline'));
    }
  });

  it('of a version it does not know, without a manifest, or no bundle at all', () => {
    expectRefused(
      forge((entries) => edit(entries, 'manifest.json', 'bundle@1', 'bundle@9'), false),
      /another version \(faultline\/bundle@9\)/,
    );
    rmSync(at('forged.faultline'));
    rmSync(at('honest.faultline'));
    expectRefused(
      forge((entries) => entries.delete('manifest.json'), false),
      /has no "manifest\.json"/,
    );
    writeFileSync(at('text'), 'not a zip, '.repeat(50));
    expectRefused(at('text'), /this is no bundle/);
    writeFileSync(at('empty'), '');
    expectRefused(at('empty'), /this is no bundle/);
    expectRefused(at('missing'), /there is no such file/);
  });

  it('zip bombs: an entry far larger than such an entry can be, or than it says, or shared by many', () => {
    expectRefused(
      forge((entries) => entries.set(find(entries, 'events/'), Buffer.alloc(50_000_000))),
      /would unpack to 50000000 bytes/,
    );
    // The same, with a directory that lies about the size.
    const bytes = readFileSync(at('forged.faultline'));
    for (let i = 0; i < bytes.length - 4; i++) if (bytes.readUInt32LE(i) === 50_000_000) bytes.writeUInt32LE(1000, i);
    writeFileSync(at('liar.faultline'), bytes);
    expectRefused(at('liar.faultline'), /cannot be unpacked to the 1000 bytes/);
    // Two directory entries that point at the same bytes.
    const twice = readFileSync(at('honest.faultline'));
    const end = twice.length - 22;
    const start = twice.readUInt32LE(end + 16);
    const second = start + 46 + twice.readUInt16LE(start + 28);
    twice.copy(twice, second + 42, start + 42, start + 46);
    writeFileSync(at('overlap.faultline'), twice);
    expectRefused(at('overlap.faultline'), /overlaps|reaches beyond/);
  });

  it('random damage', () => {
    const from = openLibrary('from.db');
    from.exportBundle([save(from, 1), save(from, 2)], at('honest.faultline'));
    const honest = readFileSync(at('honest.faultline'));
    const random = randomFrom(7);
    let refused = 0;
    for (let n = 0; n < 60; n++) {
      const bytes = Buffer.from(honest);
      bytes[Math.floor(random() * bytes.length)] ^= 1 << Math.floor(random() * 8);
      const file = at(`damaged-${n}`);
      writeFileSync(file, n % 3 === 0 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes);
      const to = openLibrary(`to-${n}.db`);
      try {
        to.importBundle(file);
        // Damage in bytes that mean nothing (dates, the note to the reader's checksum): what came in is whole.
        expect(portrait(to)).toBe(portrait(from));
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        expect(to.listRuns().total).toBe(0);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(40);
  });
});
