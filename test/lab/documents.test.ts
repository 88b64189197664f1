import { describe, expect, it } from 'vitest';
import { RESOURCES } from '#cli/resources';
import { Documents, type DocumentKind } from '#lab/documents';
import { InputError } from '#model/problem';

const documents = new Documents(RESOURCES);

/** Every object in a document that carries a method, with its path. */
function figures(value: unknown, path: string): { path: string; figure: Record<string, unknown> }[] {
  if (typeof value !== 'object' || value === null) return [];
  const record = value as Record<string, unknown>;
  if ('method' in record) return [{ path, figure: record }];
  return Object.entries(record).flatMap(([key, inner]) => figures(inner, `${path}.${key}`));
}

const KINDS: readonly DocumentKind[] = [
  'machine',
  'processor',
  'storage',
  'kernelCosts',
  'kernel',
  'filesystem',
  'scenario',
];

describe.each(KINDS)('every shipped %s document', (kind) => {
  it.each(documents.ids(kind))('%s is valid', (id) => {
    expect(documents.get(kind, id)).toBeDefined();
  });
});

describe('every figure of the shipped hardware', () => {
  const all = (['machine', 'processor', 'storage', 'kernelCosts'] as const).flatMap((kind) =>
    documents.ids(kind).flatMap((id) => figures(documents.get(kind, id), id)),
  );

  it('has a source', () => {
    expect(all.length).toBeGreaterThan(500);
    expect(all.filter(({ figure }) => typeof figure['source'] !== 'string' || figure['source'].trim() === '')).toEqual(
      [],
    );
  });

  it('gives the reason when it is an estimate', () => {
    const estimates = all.filter(({ figure }) => figure['method'] === 'estimated');
    expect(
      estimates.filter(({ figure }) => typeof figure['note'] !== 'string' || figure['note'].trim() === ''),
    ).toEqual([]);
  });
});

describe('the machines', () => {
  it('are put together from documents that exist', () => {
    for (const machine of documents.all('machine')) {
      expect(documents.ids('processor')).toContain(machine.processor);
      expect(documents.ids('storage')).toContain(machine.disk);
      expect(documents.ids('kernelCosts')).toContain(machine.kernelCosts);
    }
  });

  it('cover the eras', () =>
    expect(documents.ids('machine')).toEqual(
      expect.arrayContaining(['workstation-2005', 'server-2014', 'server-2021', 'laptop-2020']),
    ));

  it('have parts enough to choose from', () => {
    expect(documents.ids('processor').length).toBeGreaterThanOrEqual(8);
    const storage = documents.all('storage');
    expect(storage.filter((disk) => disk.format === 'faultline/drive@1').length).toBeGreaterThanOrEqual(6);
    expect(storage.filter((disk) => disk.format === 'faultline/disk@1').length).toBeGreaterThanOrEqual(6);
  });
});

describe('a document that is not there', () => {
  it('is refused with the names of those that are', () =>
    expect(() => documents.get('machine', 'abacus', 'x.json', 'machines[0]')).toThrow(InputError));
});
