/**
 * Bins of fio's latency histograms (fio's stat.c, plat_val_to_idx): values below 128 each have their own; above,
 * every power of two has 64, so a bin's middle is within 0.8 % of what is in it.
 */
const BITS = 6;
const PER_OCTAVE = 1 << BITS;
/** Values up to 2^53. */
const BINS = (53 - BITS + 1) * PER_OCTAVE;

/** Percentiles that fio reports when it is not told otherwise. */
const PERCENTILES = [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 99.5, 99.9, 99.95, 99.99];

/** Number of the bin of a value: a whole number, 0 or more. */
function binOf(value: number): number {
  if (value < 2 * PER_OCTAVE) return value;
  let shifts = 0;
  let rest = value;
  while (rest >= 2 * PER_OCTAVE) {
    rest = Math.floor(rest / 2);
    shifts++;
  }
  return shifts * PER_OCTAVE + rest;
}

/** Middle of a bin, which stands for all that is in it. */
function middleOf(bin: number): number {
  if (bin < 2 * PER_OCTAVE) return bin;
  const shifts = Math.floor(bin / PER_OCTAVE) - 1;
  const width = 2 ** shifts;
  return (PER_OCTAVE + (bin % PER_OCTAVE)) * width + Math.floor(width / 2);
}

/** Smallest, largest, mean and deviation, ns. */
export interface LatencySummary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly stddev: number;
  readonly N: number;
}

/** Latencies in ns, counted in bins: any number of them in the same memory. */
export class LatencyHistogram {
  private readonly bins = new Float64Array(BINS);
  private least = Infinity;
  private most = 0;
  /** Mean and sum of squared differences from it, by Welford's method. */
  private mean = 0;
  private squares = 0;
  count = 0;

  add(value: number): void {
    const ns = Math.max(0, Math.round(value));
    this.bins[binOf(ns)]++;
    this.count++;
    const off = ns - this.mean;
    this.mean += off / this.count;
    this.squares += off * (ns - this.mean);
    if (ns < this.least) this.least = ns;
    if (ns > this.most) this.most = ns;
  }

  summary(): LatencySummary {
    const { count } = this;
    return {
      min: count === 0 ? 0 : this.least,
      max: this.most,
      mean: this.mean,
      stddev: count < 2 ? 0 : Math.sqrt(this.squares / (count - 1)),
      N: count,
    };
  }

  /** The summary, percentiles and bins. */
  figures(): LatencySummary & { percentile: Record<string, number>; bins: Record<string, number> } {
    const bins: Record<string, number> = {};
    for (let bin = 0; bin < BINS; bin++) if (this.bins[bin] > 0) bins[String(middleOf(bin))] = this.bins[bin];
    const percentile: Record<string, number> = {};
    if (this.count > 0) for (const share of PERCENTILES) percentile[share.toFixed(6)] = this.percentile(share);
    return { ...this.summary(), percentile, bins };
  }

  /** The value below which `share` per cent of all lie, to the width of a bin. */
  private percentile(share: number): number {
    const wanted = Math.ceil((share / 100) * this.count);
    let seen = 0;
    for (let bin = 0; bin < BINS; bin++) {
      seen += this.bins[bin];
      if (seen >= wanted) return Math.min(this.most, Math.max(this.least, middleOf(bin)));
    }
    return this.most;
  }
}
