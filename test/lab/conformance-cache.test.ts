import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { cachegrindCounters, openTrace } from '#lab/conformance-cache';

const SMALL = { I1: '128,1,64', D1: '128,1,64', LL: '256,2,64' };
const counters = (text: string | Buffer, options = SMALL, pieces = 1 << 20) => {
  const bytes = Buffer.from(text);
  const parts = [];
  for (let i = 0; i < bytes.length; i += pieces) parts.push(bytes.subarray(i, i + pieces));
  return cachegrindCounters(Readable.from(parts), 'trace', options);
};

const TRACE = '==1== Lackey\n==1== \nI  0400,3\n L 1000,8\n S 1038,16\n M 1000,4\nI  0403,61\n==1== end\n';

describe("cachegrind's counters from a trace", () => {
  it('counts a straddling access once, and a modify as a read', async () => {
    expect(await counters(TRACE)).toEqual({
      Ir: 2,
      I1mr: 1,
      ILmr: 1,
      Dr: 2,
      D1mr: 1,
      DLmr: 1,
      Dw: 1,
      D1mw: 1,
      DLmw: 1,
    });
  });

  it('does not depend on where the pieces of the text end', async () => {
    const whole = await counters(TRACE);
    for (const pieces of [1, 2, 7, 13]) expect(await counters(TRACE, SMALL, pieces)).toEqual(whole);
  });

  it('reads gzip', async () => {
    expect(await counters(gzipSync(TRACE))).toEqual(await counters(TRACE));
  });

  it('names file and line of what is no access', async () => {
    await expect(counters('I  0400,3\n L zz,8\n')).rejects.toThrow('trace:2: " L zz,8" is no line of a lackey trace');
    await expect(counters('I  0400,3\n X 10,8\n')).rejects.toThrow('trace:2');
    await expect(counters(' L 10\n')).rejects.toThrow('trace:1');
    await expect(counters(' L 10,0\n')).rejects.toThrow('trace:1');
  });

  it('says when a gzip ends in the middle or is damaged', async () => {
    const packed = gzipSync(TRACE.repeat(1000));
    await expect(counters(packed.subarray(0, packed.length - 40))).rejects.toThrow(
      'trace: the gzip ends in the middle',
    );
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, 20, 60);
    await expect(counters(damaged)).rejects.toThrow('trace: the gzip is damaged');
  });

  it('refuses an empty trace and a missing file', async () => {
    await expect(counters('==1== nothing\n')).rejects.toThrow('no memory access in this trace');
    await expect(cachegrindCounters(openTrace('/nowhere/trace'), '/nowhere/trace', SMALL)).rejects.toThrow(
      '/nowhere/trace: there is no such file',
    );
  });

  it('refuses a cache that is not ways x line x a power of two', async () => {
    await expect(counters(TRACE, { ...SMALL, D1: '3000,2,64' })).rejects.toThrow(
      '--D1: 3000 bytes are not 2 ways x 64 bytes x a power of two',
    );
    await expect(counters(TRACE, { ...SMALL, LL: '4096,2,48' })).rejects.toThrow('--LL: a line of 48 bytes');
    await expect(counters(TRACE, { ...SMALL, I1: '4096,2' })).rejects.toThrow('--I1: "4096,2" is not a cache');
  });
});
