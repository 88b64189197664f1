import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Distribution } from '#model/quantity';

/** Factors to picoseconds. */
const TIME_PS: Readonly<Record<string, number>> = { ps: 1, ns: 1e3, us: 1e6, ms: 1e9, s: 1e12 };

/** Halvings beyond which a tail's end is not resolved further. */
const MOST_HALVINGS = 24;

/**
 * A measured distribution, inverted: the value below which a fraction of all lies. Uniform fractions draw from it.
 *
 * A histogram's counts are spread evenly over their bins, half of the way to the nearer neighbour on either
 * side. Quantiles are joined as an exponential tail would join them: equal
 * steps in value for each halving of what lies above. Straight lines would put far too much weight between
 * p99 and p99.999. Outside the given quantiles the outermost one holds: nothing is invented beyond what was
 * measured.
 */
export class Sampler {
  /** Cumulative fractions, ascending, and the values (ps) that belong to them. */
  readonly #fraction: Float64Array;
  readonly #value: Float64Array;

  constructor(distribution: Distribution) {
    const factor = TIME_PS[distribution.unit] ?? NaN;
    const fractions: number[] = [];
    const values: number[] = [];
    if (distribution.histogram !== undefined) fromHistogram(distribution.histogram, fractions, values);
    else fromQuantiles(distribution.quantiles ?? [], distribution.samples, fractions, values);
    if (fractions.length === 0 || Number.isNaN(factor))
      throw new RangeError('a distribution of times needs values and a unit of time');
    this.#fraction = Float64Array.from(fractions);
    this.#value = Float64Array.from(values, (value) => Math.round(value * factor));
  }

  /** The value below which a fraction (0..1) of all lies, ps. */
  quantile(fraction: number): number {
    const f = this.#fraction;
    let low = 0;
    let high = f.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (f[middle] < fraction) low = middle + 1;
      else high = middle;
    }
    if (low === 0 || f[low] <= fraction) return this.#value[low];
    const share = (fraction - f[low - 1]) / (f[low] - f[low - 1]);
    return Math.round(this.#value[low - 1] + share * (this.#value[low] - this.#value[low - 1]));
  }
}

/** Parts that every round of draws covers evenly; a power of two that fits 16 bits. */
const STRATA = 65536;

/**
 * Uniform numbers (0..1) in rounds: each round of 65536 takes one number from each of as many equal parts, in
 * random order. A million draws then have the quantiles of their source to a fraction of what independent
 * draws would miss them by, far out in the tail too. One number is as random as ever; within a round no
 * part comes twice.
 */
export class StratifiedUniform {
  readonly #random: RandomGenerator;
  readonly #order: Uint16Array;
  #at = 0;

  constructor(random: RandomGenerator) {
    this.#random = random;
    this.#order = new Uint16Array(STRATA);
    for (let i = 0; i < STRATA; i++) this.#order[i] = i;
  }

  next(): number {
    // A shuffle, one exchange a draw; the order a round ends with is as good a start as any for the next.
    const order = this.#order;
    const at = this.#at;
    const other = uniformInt(this.#random, at, STRATA - 1);
    const stratum = order[other];
    order[other] = order[at];
    order[at] = stratum;
    this.#at = at + 1 === STRATA ? 0 : at + 1;
    return (stratum + uniformFloat64(this.#random)) / STRATA;
  }
}

function fromHistogram(pairs: readonly (readonly [number, number])[], fractions: number[], values: number[]): void {
  let total = 0;
  for (const [, count] of pairs) total += count;
  let sum = 0;
  pairs.forEach(([value, count], i) => {
    const below = i === 0 ? Infinity : value - pairs[i - 1][0];
    const above = i === pairs.length - 1 ? Infinity : pairs[i + 1][0] - value;
    const nearer = Math.min(below, above);
    const half = nearer === Infinity ? 0 : nearer / 2;
    fractions.push(sum / total);
    values.push(value - half);
    sum += count;
    fractions.push(sum / total);
    values.push(value + half);
  });
}

function fromQuantiles(
  pairs: readonly (readonly [number, number])[],
  samples: number | undefined,
  fractions: number[],
  values: number[],
): void {
  pairs.forEach(([fraction, value], i) => {
    if (i > 0) {
      const [from, low] = pairs[i - 1];
      addTail(1 - from, 1 - fraction, low, value, samples, fractions, values);
    }
    fractions.push(fraction);
    values.push(value);
  });
}

/** Points between two quantiles, where `above` and then `end` of all lie above; only divisions by two, so that every machine gets the same. */
function addTail(
  above: number,
  end: number,
  low: number,
  high: number,
  samples: number | undefined,
  fractions: number[],
  values: number[],
): void {
  // A maximum stands for the one largest of the samples.
  const last = end > 0 ? end : samples === undefined ? above / 1024 : Math.min(above, 1 / samples);
  const tails: number[] = [];
  for (let tail = above / 2; tail > last && tails.length < MOST_HALVINGS; tail /= 2) tails.push(tail);
  const reached = tails.length === 0 ? above : tails[tails.length - 1];
  const steps = tails.length + (reached - last) / (reached / 2);
  tails.forEach((tail, i) => {
    fractions.push(1 - tail);
    values.push(low + ((high - low) * (i + 1)) / steps);
  });
}
