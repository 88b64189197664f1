import { describe, expect, it } from 'vitest';
import { parseRwbs } from '#recording/block-requests';
import { fixture, ofKind, readAs, runOf } from './support.ts';

describe('blkparse text', () => {
  const { run, events, leftAside } = runOf('blkparse', fixture('blkparse.txt'));

  it('puts queueing, merge, issue and completion together', () => {
    const [read, write, flush] = ofKind(events, 'io');
    expect(read).toMatchObject({ time: 0, duration: 106e6, address: 2048, a: 16, c: 6000 });
    expect(write).toMatchObject({ time: 201e6, duration: 201e6, address: 9000, a: 8, c: 1000 });
    expect(flush).toMatchObject({ time: 500e6, duration: 110e6 });
    expect(run.metrics.io).toMatchObject({ requests: 3, readKiB: 8, writtenKiB: 4, flushes: 1 });
  });

  it('counts what says nothing about a request', () => {
    expect(leftAside).toMatchObject({
      plugs: 1,
      unplugs: 1,
      messages: 1,
      'remaps to another device': 1,
      'requests allocated': 1,
    });
  });

  it.each([
    [
      '  8,16   0        1     0.000000000   901  Q   R 2048 + 8 [reader]\nnonsense\n',
      ':2: this is no line of blkparse',
    ],
    ['  8,16   0        1     0.000000000   901  Q   R [reader\n', ':1: the place of the request is missing'],
    ['  8,16   0        1     0.000000000   901  Y   R 8 + 8 [reader]\n', '"Y" is no action'],
    ['  8,16   0        1     0.000000000   901  Q   XYZ 8 + 8 [reader]\n', 'no letters of an operation'],
    [
      '  8,16   0        1     0.000000000   901  Q   R 8 + 99999999999 [reader]\n',
      'the number of sectors is out of range',
    ],
  ])('refuses %j', (text, message) => expect(() => runOf('blkparse', text)).toThrow(message));
});

/** One record of blktrace. */
function record(little: boolean, action: number, ns: number, sector: number, bytes: number): number[] {
  const view = new DataView(new ArrayBuffer(48));
  view.setUint32(0, 0x65617407, little);
  view.setBigUint64(8, BigInt(ns), little);
  view.setBigUint64(16, BigInt(sector), little);
  view.setUint32(24, bytes, little);
  view.setUint32(28, action, little);
  view.setUint32(36, (8 << 20) | 16, little);
  return [...new Uint8Array(view.buffer)];
}
/** The same in version 8, which Linux 6.19 brought. */
function wideRecord(little: boolean, action: bigint, ns: number, sector: number, bytes: number): number[] {
  const view = new DataView(new ArrayBuffer(64));
  view.setUint32(0, 0x65617408, little);
  view.setBigUint64(8, BigInt(ns), little);
  view.setBigUint64(16, BigInt(sector), little);
  view.setUint32(24, bytes, little);
  view.setBigUint64(32, action, little);
  view.setUint32(40, (8 << 20) | 16, little);
  return [...new Uint8Array(view.buffer)];
}
const two = (little: boolean): Uint8Array =>
  Uint8Array.from([
    ...record(little, 0x0011_0001, 1000, 64, 4096),
    ...record(little, 0x0041_0007, 3000, 64, 4096),
    ...record(little, 0x0081_0008, 9000, 64, 4096),
  ]);

describe('blktrace binary', () => {
  it.each([true, false])('is read in either order of bytes (little-endian: %s)', (little) => {
    const { events, run } = runOf('blktrace', two(little));
    expect(ofKind(events, 'io')).toMatchObject([{ time: 0, duration: 8e6, address: 64, a: 8, c: 2000 }]);
    expect(run.names['disk']).toEqual(['8:16']);
  });

  it.each([true, false])('has wider records in version 8 (little-endian: %s)', (little) => {
    const bytes = Uint8Array.from([
      ...wideRecord(little, 0x0011_0001n, 1000, 64, 4096),
      ...wideRecord(little, 0x0001_0000_0010_0014n, 2000, 64, 0),
      ...wideRecord(little, 0x0041_0007n, 3000, 64, 4096),
      ...wideRecord(little, 0x0081_0008n, 9000, 64, 4096),
    ]);
    for (const chunk of [65_536, 7]) {
      const { imported, batches, leftAside } = readAs('blktrace', bytes, 'x', chunk);
      expect(batches.length).toBe(1);
      expect(imported).toMatchObject({ run: { metrics: { io: { reads: 1, readKiB: 4 } }, names: { disk: ['8:16'] } } });
      expect(leftAside).toEqual({ 'actions of zones': 1 });
    }
    expect(() => readAs('blktrace', bytes.subarray(0, 120), 'x')).toThrow('at byte 64: the file ends in the middle');
  });

  it('is refused at the byte where it breaks', () => {
    expect(() => readAs('blktrace', two(true).subarray(0, 100), 'x.blktrace.0')).toThrow(
      'x.blktrace.0 at byte 96: the file ends in the middle',
    );
    const broken = two(true);
    broken[48] = 1;
    expect(() => readAs('blktrace', broken, 'x')).toThrow('at byte 48');
  });
});

describe('letters of a request', () => {
  it.each([
    ['R', 0], ['RA', 0], ['W', 1], ['WS', 1], ['WSM', 1], ['WFS', 1], ['FWFSM', 1], ['FF', 2], ['FN', 2], ['F', 2], ['D', 3], ['DS', 3], ['N', null],
  ])('%s', (letters, operation) => expect(parseRwbs(letters)?.operation).toBe(operation)); // prettier-ignore
  it('are refused when they are none', () => expect(parseRwbs('Q')).toBeNull());
});
