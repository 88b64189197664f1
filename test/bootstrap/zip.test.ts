import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { unzip } from '../../src-main/bootstrap/zip.mjs';

let folder = '';
let archive = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-zip-'));
  archive = join(folder, 'archive.zip');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Member {
  readonly name: string;
  readonly text: string;
  readonly deflated: boolean;
  readonly mode: number;
}

/** An archive as APPNOTE.TXT describes it: local headers with data, central directory, end record. */
function zipOf(members: readonly Member[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, text, deflated, mode } of members) {
    const data = Buffer.from(text);
    const packed = deflated ? deflateRawSync(data) : data;
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(name.length, 26);
    local.push(header, Buffer.from(name), packed);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(deflated ? 8 : 0, 10);
    entry.writeUInt32LE(crc32(data), 16);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(data.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(mode * 0x10000, 38);
    entry.writeUInt32LE(offset, 42);
    central.push(entry, Buffer.from(name));
    offset += header.length + name.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

const MEMBERS: readonly Member[] = [
  { name: 'app/', text: '', deflated: false, mode: 0o40755 },
  { name: 'app/program', text: 'runs '.repeat(1000), deflated: true, mode: 0o100755 },
  { name: 'app/data/notes.txt', text: 'stored', deflated: false, mode: 0o100644 },
  { name: 'app/unwanted', text: 'left out', deflated: true, mode: 0o100644 },
];

it('unpacks stored and deflated files under the names asked for, with their permissions', async () => {
  writeFileSync(archive, zipOf(MEMBERS));
  const target = join(folder, 'out');
  const count = await unzip(archive, target, (name) => (name.endsWith('unwanted') ? null : name.replace('app/', '')));
  expect(count).toBe(2);
  expect(readdirSync(target).sort()).toEqual(['data', 'program']);
  expect(readFileSync(join(target, 'program'), 'utf8')).toBe('runs '.repeat(1000));
  expect(readFileSync(join(target, 'data', 'notes.txt'), 'utf8')).toBe('stored');
  expect(statSync(join(target, 'program')).mode & 0o111).toBe(0o111);
});

it('refuses a damaged archive', async () => {
  const bytes = zipOf(MEMBERS);
  bytes.write('STORED', bytes.indexOf('stored'));
  writeFileSync(archive, bytes);
  await expect(unzip(archive, join(folder, 'out'), (name) => name)).rejects.toThrow(
    'damaged ZIP archive: app/data/notes.txt',
  );
  writeFileSync(archive, 'no archive at all');
  await expect(unzip(archive, join(folder, 'out'), (name) => name)).rejects.toThrow('not a ZIP archive');
});

it('refuses a path that leads out of the folder', async () => {
  writeFileSync(archive, zipOf([{ name: '../outside', text: 'x', deflated: false, mode: 0o100644 }]));
  await expect(unzip(archive, join(folder, 'out'), (name) => name)).rejects.toThrow('unsafe path');
});
