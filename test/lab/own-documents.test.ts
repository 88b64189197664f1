import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RESOURCES, shippedDocuments } from '#cli/resources';
import { documentFolder, listDocuments, saveDocument } from '#ipc/document-handlers';
import { Documents } from '#lab/documents';
import { OwnDocuments } from '#lab/own-documents';
import { documentId } from '#model/document-id';
import { InputError } from '#model/problem';

let root: string;
let documents: Documents;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'faultline-own-'));
  documents = new Documents(RESOURCES, new OwnDocuments(join(root, 'documents')));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

const machine = (fields: object = {}): Record<string, unknown> & { id: string } => ({
  ...shippedDocuments().source('machine', 'server-2021'),
  id: 'mine',
  name: 'Mine',
  ...fields,
});

describe("the user's own documents", () => {
  it('are found by id beside those that ship', () => {
    saveDocument(documents, machine({ cores: 3 }));
    expect(documents.ids('machine')).toContain('mine');
    expect(documents.get('machine', 'mine').cores).toBe(3);
    expect(documents.source('machine', 'mine')).toMatchObject({ name: 'Mine' });
    expect(listDocuments(documents).filter(({ own }) => own)).toMatchObject([
      { kind: 'machine', id: 'mine', problem: '' },
    ]);
  });

  it('are read again when their file changes', () => {
    saveDocument(documents, machine({ cores: 3 }));
    expect(documents.get('machine', 'mine').cores).toBe(3);
    saveDocument(documents, machine({ cores: 16 }));
    expect(documents.get('machine', 'mine').cores).toBe(16);
  });

  it.each([
    ['the id of one that ships', { id: 'server-2021' }, /ships with the lab/],
    ['a part that there is not', { disk: 'none' }, /no disk is called "none"/],
    ['a field that is wrong', { cores: 0 }, /cores/],
    ['another format', { format: 'faultline/sweep@1' }, /no document of a machine/],
    ['an id that leads elsewhere', { id: '../../x' }, /id/],
  ])('are refused with %s, and nothing is written', (_what, fields, message) => {
    expect(() => {
      saveDocument(documents, machine(fields));
    }).toThrow(message);
    expect(documents.own!.list()).toEqual([]);
  });

  it('that are broken are told of, and do not hide the others', () => {
    saveDocument(documents, machine());
    writeFileSync(join(root, 'documents', 'broken.json'), '{');
    writeFileSync(join(root, 'documents', 'other.json'), '{"format":"other"}');
    expect(documentFolder(documents).broken.map(({ file }) => file.split('/').pop())).toEqual([
      'broken.json',
      'other.json',
    ]);
    expect(documents.ids('machine')).toContain('mine');
  });

  it('that no longer fit say so in the list', () => {
    saveDocument(documents, machine());
    writeFileSync(join(root, 'documents', 'mine.json'), JSON.stringify(machine({ cores: 'many' })));
    expect(listDocuments(documents).find(({ own }) => own)?.problem).toMatch(/cores/);
    expect(() => documents.get('machine', 'mine')).toThrow(InputError);
  });

  it('are imported once, and numbered where the name is taken', () => {
    const own = documents.own!;
    const disk = { format: 'faultline/disk@1', name: 'My  Disk!' };
    const other = { ...disk, format: 'faultline/drive@1' };
    expect(own.add(disk).id).toBe('my-disk');
    expect(own.add(disk).id).toBe('my-disk');
    expect(own.add(other).id).toBe('my-disk-2');
    expect(readdirSync(own.folder)).toEqual(['my-disk-2.json', 'my-disk.json']);
  });

  it('are removed, and can be kept again', () => {
    saveDocument(documents, machine());
    const removed = documents.own!.remove('mine');
    expect(documents.own!.list()).toEqual([]);
    saveDocument(documents, removed as Record<string, unknown> & { id: string });
    expect(documents.ids('machine')).toContain('mine');
  });

  it('have ids of letters, digits and -', () => {
    expect(documentId('  Übung 1: fio (NVMe) ')).toBe('bung-1-fio-nvme');
  });
});
