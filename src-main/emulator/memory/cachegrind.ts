import { InputError } from '#model/problem';

/** One cache as cachegrind takes it on its command line. All in bytes but the ways. */
export interface CacheGeometry {
  readonly size: number;
  readonly ways: number;
  readonly line: number;
}

/** Cachegrind's nine counters, under its names. */
export interface CachegrindCounters {
  Ir: number;
  I1mr: number;
  ILmr: number;
  Dr: number;
  D1mr: number;
  DLmr: number;
  Dw: number;
  D1mw: number;
  DLmw: number;
}

const isPowerOfTwo = (n: number): boolean => Number.isInteger(n) && n >= 1 && Number.isInteger(Math.log2(n));
/** Cachegrind refuses shorter lines. */
const LEAST_LINE = 16;

/**
 * Reads `SIZE,WAYS,LINE` as cachegrind's options do.
 * @throws InputError unless the size is ways x line x a power of two.
 */
export function parseGeometry(text: string, option: string): CacheGeometry {
  const expected = 'SIZE,WAYS,LINE in bytes, such as 32768,8,64';
  const fields = text.split(',');
  const [size, ways, line] = fields.map((field) => (/^\d+$/.test(field) ? Number(field) : NaN));
  if (fields.length !== 3 || !(size >= 1) || !(ways >= 1))
    throw new InputError({ path: option, message: `"${text}" is not a cache`, expected });
  if (!isPowerOfTwo(line) || line < LEAST_LINE)
    throw new InputError({
      path: option,
      message: `a line of ${line} bytes`,
      expected: `a power of two of at least ${LEAST_LINE}`,
    });
  if (!isPowerOfTwo(size / (ways * line))) {
    throw new InputError({
      path: option,
      message: `${size} bytes are not ${ways} ways x ${line} bytes x a power of two`,
      expected,
    });
  }
  return { size, ways, line };
}

/** One level: true LRU, no difference between reads and writes. Block numbers have up to 58 bits: doubles hold 53, checked on reading. */
class Level {
  private readonly tags: Float64Array;
  private readonly sets: number;
  private readonly ways: number;
  private readonly line: number;

  constructor({ size, ways, line }: CacheGeometry) {
    this.sets = size / (ways * line);
    this.ways = ways;
    this.line = line;
    this.tags = new Float64Array(this.sets * ways).fill(-1);
  }

  /** Touches every line of the access (two at most); true when any was missing. */
  misses(address: number, size: number): boolean {
    const first = Math.floor(address / this.line);
    const last = Math.floor((address + size - 1) / this.line);
    const missed = this.touch(first);
    return last === first ? missed : this.touch(last) || missed;
  }

  /** Makes the block the newest of its set; true when it was not there. */
  private touch(block: number): boolean {
    const { tags, ways } = this;
    const base = (block % this.sets) * ways;
    if (tags[base] === block) return false;
    let way = 1;
    while (way < ways && tags[base + way] !== block) way++;
    const missed = way === ways;
    for (let i = missed ? ways - 1 : way; i > 0; i--) tags[base + i] = tags[base + i - 1];
    tags[base] = block;
    return missed;
  }
}

/**
 * The cache model of cachegrind 3.19 (its manual, "Cache simulation details"): split first level, unified last level
 * that is touched only on a first-level miss, write-allocate without write-backs, LRU. An access over two lines touches
 * both and counts as one reference and at most one miss; a data access larger than the shortest line is cut to it.
 */
export class CachegrindModel {
  readonly counters: CachegrindCounters = { Ir: 0, I1mr: 0, ILmr: 0, Dr: 0, D1mr: 0, DLmr: 0, Dw: 0, D1mw: 0, DLmw: 0 };
  private readonly i1: Level;
  private readonly d1: Level;
  private readonly ll: Level;
  private readonly shortest: number;

  constructor(i1: CacheGeometry, d1: CacheGeometry, ll: CacheGeometry) {
    this.i1 = new Level(i1);
    this.d1 = new Level(d1);
    this.ll = new Level(ll);
    this.shortest = Math.min(i1.line, d1.line, ll.line);
  }

  instruction(address: number, size: number): void {
    const { counters } = this;
    counters.Ir += 1;
    if (!this.i1.misses(address, size)) return;
    counters.I1mr += 1;
    if (this.ll.misses(address, size)) counters.ILmr += 1;
  }

  /** A load; also a modify, which counts as one read. */
  load(address: number, size: number): void {
    const { counters } = this;
    counters.Dr += 1;
    const bytes = Math.min(size, this.shortest);
    if (!this.d1.misses(address, bytes)) return;
    counters.D1mr += 1;
    if (this.ll.misses(address, bytes)) counters.DLmr += 1;
  }

  store(address: number, size: number): void {
    const { counters } = this;
    counters.Dw += 1;
    const bytes = Math.min(size, this.shortest);
    if (!this.d1.misses(address, bytes)) return;
    counters.D1mw += 1;
    if (this.ll.misses(address, bytes)) counters.DLmw += 1;
  }
}
