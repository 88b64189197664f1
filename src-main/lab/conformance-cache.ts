import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CachegrindModel, parseGeometry, type CachegrindCounters } from '#emulator/memory/cachegrind';
import { LackeyReader } from '#lab/lackey-trace';
import { InputError } from '#model/problem';

/** Caches as on cachegrind's command line: `SIZE,WAYS,LINE`. */
export interface CacheOptions {
  readonly I1: string;
  readonly D1: string;
  readonly LL: string;
}

/**
 * Runs a lackey trace through cachegrind's cache model.
 * @param input the trace's bytes, plain or gzip.
 * @param name named in errors.
 * @throws InputError for a geometry, a line or a gzip that is not right.
 */
export async function cachegrindCounters(
  input: Readable,
  name: string,
  options: CacheOptions,
): Promise<CachegrindCounters> {
  const model = new CachegrindModel(
    parseGeometry(options.I1, '--I1'),
    parseGeometry(options.D1, '--D1'),
    parseGeometry(options.LL, '--LL'),
  );
  const reader = new LackeyReader(name, (kind, address, size) => {
    if (kind === 'I') model.instruction(address, size);
    else if (kind === 'S') model.store(address, size);
    else model.load(address, size);
  });
  for await (const piece of unpacked(input, name)) reader.feed(piece);
  reader.end();
  return model.counters;
}

/** Opens a trace file, or standard input for `-`. */
export function openTrace(path: string): Readable {
  return path === '-' ? process.stdin : createReadStream(path);
}

/** The bytes of the input, unpacked when it begins as gzip does. Its errors become ours. */
async function* unpacked(input: Readable, name: string): AsyncGenerator<Uint8Array> {
  const pieces = input[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  try {
    const first = await pieces.next();
    if (first.done === true) return;
    const rest = { [Symbol.asyncIterator]: () => pieces };
    if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
      yield first.value;
      yield* rest;
      return;
    }
    const gunzip = createGunzip();
    const feeding = feed(gunzip, first.value, rest);
    yield* gunzip as AsyncIterable<Uint8Array>;
    await feeding;
  } catch (error) {
    throw readProblem(error, name);
  }
}

async function feed(
  gunzip: ReturnType<typeof createGunzip>,
  first: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): Promise<void> {
  const write = (piece: Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      if (gunzip.destroyed || gunzip.write(piece)) resolve();
      else {
        gunzip.once('drain', resolve);
        gunzip.once('close', resolve);
      }
    });
  try {
    await write(first);
    for await (const piece of rest) await write(piece);
    gunzip.end();
  } catch (error) {
    gunzip.destroy(error as Error);
  }
}

function readProblem(error: unknown, name: string): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'Z_BUF_ERROR')
    return new InputError({ file: name, message: 'the gzip ends in the middle', expected: 'a whole file' });
  if (code.startsWith('Z_')) return new InputError({ file: name, message: 'the gzip is damaged' });
  if (code === 'ENOENT') return new InputError({ file: name, message: 'there is no such file' });
  if (code === 'EISDIR') return new InputError({ file: name, message: 'this is a folder', expected: 'a trace' });
  if (code === 'EACCES') return new InputError({ file: name, message: 'this file may not be read' });
  return error;
}
