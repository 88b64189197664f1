import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '#model/problem';
import { checkRun, fixture, readAs, recognised } from './support.ts';

/** Mutations of all files together: 10^5. FAULTLINE_FUZZ makes them more, or fewer. */
const RUNS = Number(process.env['FAULTLINE_FUZZ'] ?? 100_000);

/** Files that are mutated, with their formats; blktrace is made here, being binary. */
const FILES: readonly (readonly [format: string, name: string])[] = [
  ['ftrace', 'ftrace.txt'],
  ['ftrace', 'trace-cmd.txt'],
  ['ftrace', 'ftrace-latency.txt'],
  ['ftrace', 'trace-cmd-latency.txt'],
  ['blkparse', 'blkparse.txt'],
  ['blktrace', ''],
  ['perf-script', 'perf-script-tracepoints.txt'],
  ['perf-script', 'perf-script-faults.txt'],
  ['perf-script', 'perf-script-chains.txt'],
  ['perf-trace', 'perf-trace.txt'],
  ['perf-stat', 'perf-stat.csv'],
  ['perf-stat', 'perf-stat-interval.csv'],
  ['perf-stat-text', 'perf-stat-text.txt'],
  ['perf-stat-json', 'perf-stat.jsonl'],
  ['bpftrace', 'bpftrace.txt'],
  ['bpftrace-json', 'bpftrace.jsonl'],
  ['fio-json', 'fio-json.txt'],
  ['fio-json', 'fio-2.txt'],
  ['fio-log', 'run_lat.1.log'],
  ['fio-log', 'run_bw.1.log'],
  ['fio-hist-log', 'run_clat_hist.1.log'],
  ['lmbench', 'lat_mem_rd.txt'],
  ['lmbench', 'lmbench.txt'],
  ['mlc', 'mlc.txt'],
  ['mlc', 'mlc-single.txt'],
  ['ioping', 'ioping.txt'],
  ['ioping-json', 'ioping-json.txt'],
  ['ioping-batch', 'ioping-batch.txt'],
  ['iostat-json', 'iostat-json.txt'],
  ['iostat', 'iostat.txt'],
  ['iostat', 'iostat-human.txt'],
  ['strace', 'strace.txt'],
  ['lackey', 'lackey.txt'],
];

/** Pieces that break parsers: numbers out of range, signs, words of other formats, controls. */
const PIECES = [
  '-1', '99999999999999999999', '1e999', 'NaN', '0x', '0xffffffffffffffff', '.', ':', ',', '[', ']', '(', ')', '"', '{', '}', '\\',
  '\n', '\r\n', '\r', '\u0000', '\u00e9\u6f22', ' ', '\t', '= ', '+ ', '<unfinished ...>', '__proto__', 'null', '[]', '{}', '-', '/', '@', '#', 'I', 'S',
].map((text) => new TextEncoder().encode(text)); // prettier-ignore

type Mutation = readonly [kind: number, where: number, length: number, piece: number];
const mutations = fc.array(
  fc.tuple(fc.nat(5), fc.nat(1_000_000), fc.nat(40), fc.nat(1000)),
  { minLength: 1, maxLength: 4 },
); // prettier-ignore

function mutate(original: Uint8Array, list: readonly Mutation[]): Uint8Array {
  let bytes = original;
  for (const [kind, where, length, piece] of list) {
    const at = bytes.length === 0 ? 0 : where % bytes.length;
    const end = Math.min(bytes.length, at + length);
    const inserted =
      kind === 0 ? PIECES[piece % PIECES.length]
      : kind === 1 ? new Uint8Array(0)
      : kind === 2 ? bytes.slice(at, end)
      : kind === 3 ? Uint8Array.of((piece * 7) % 256)
      : kind === 4 ? PIECES[piece % PIECES.length]
      : new Uint8Array(0); // prettier-ignore
    // 0 inserts, 1 deletes, 2 repeats, 3 changes a byte, 4 replaces, 5 cuts the rest off.
    const from = kind === 0 || kind === 2 ? at : kind === 3 ? at + 1 : end;
    const rest = kind === 5 ? new Uint8Array(0) : bytes.subarray(from);
    const next = new Uint8Array(at + inserted.length + rest.length);
    next.set(bytes.subarray(0, at));
    next.set(inserted, at);
    next.set(rest, at + inserted.length);
    bytes = next;
  }
  return bytes;
}

/** A small binary trace: two requests and the name of a process. */
function blktrace(): Uint8Array {
  const records: [action: number, ns: number, sector: number, bytes: number, payload: string][] = [
    [0x0400_0000, 0, 0, 0, 'dd\0\0'],
    [0x0011_0001, 1000, 2048, 4096, ''],
    [0x0041_0007, 2000, 2048, 4096, ''],
    [0x0081_0008, 90_000, 2048, 4096, ''],
    [0x001a_0001, 100_000, 9000, 8192, ''],
    [0x004a_0007, 101_000, 9000, 8192, ''],
    [0x008a_0008, 300_000, 9000, 8192, ''],
    [0x0044_0007, 310_000, 0, 0, ''],
    [0x0084_0008, 330_000, 0, 0, ''],
  ];
  const parts: number[] = [];
  records.forEach(([action, ns, sector, size, payload], i) => {
    const view = new DataView(new ArrayBuffer(48 + payload.length));
    view.setUint32(0, 0x65617407, true);
    view.setUint32(4, i + 1, true);
    view.setBigUint64(8, BigInt(ns), true);
    view.setBigUint64(16, BigInt(sector), true);
    view.setUint32(24, size, true);
    view.setUint32(28, action, true);
    view.setUint32(32, 321, true);
    view.setUint32(36, (8 << 20) | 16, true);
    view.setUint16(46, payload.length, true);
    for (let k = 0; k < payload.length; k++) view.setUint8(48 + k, payload.charCodeAt(k));
    parts.push(...new Uint8Array(view.buffer));
  });
  return Uint8Array.from(parts);
}

const originals = new Map<string, Uint8Array>(
  FILES.map(([, name]) => [name, name === '' ? blktrace() : fixture(name)]),
);

describe('mutated files', () => {
  it.each(FILES)('%s (%s) is recognised and read whole', (format, name) => {
    const bytes = originals.get(name)!;
    expect(recognised(bytes)).toBe(format);
    const { imported, batches } = readAs(format, bytes, name);
    if (imported.kind === 'run') checkRun(imported.run, batches);
  });

  it.each(FILES)(
    '%s (%s) is refused with its own error or read, never anything else',
    (format, name) => {
      const original = originals.get(name)!;
      let refused = 0;
      fc.assert(
        fc.property(mutations, fc.integer({ min: 1, max: 3000 }), (list, chunk) => {
          const bytes = mutate(original, list);
          recognised(bytes);
          try {
            const { imported, batches } = readAs(format, bytes, name, chunk);
            if (imported.kind === 'run') checkRun(imported.run, batches);
          } catch (error) {
            if (!(error instanceof InputError)) throw error;
            if (error.problem.file === undefined) throw new Error('the error names no file', { cause: error });
            refused++;
          }
        }),
        { numRuns: Math.ceil(RUNS / FILES.length), seed: 20_261_123 },
      );
      expect(refused).toBeGreaterThan(0);
    },
    120_000,
  );
});
