/**
 * One column of numbers to bytes and back, bit for bit. A value is predicted (from nothing, from the value
 * before, or from the last value of the same kind of event), the difference is zigzag coded, and the codes are
 * laid out as byte planes: all low bytes, then all second bytes, and so on, as many as the largest code needs.
 * Planes of nearly equal bytes are what a general compressor does well and fast; it follows, in the store.
 *
 * Layout: mode (1 byte), planes (1 byte), then planes x count bytes. Doubles that are not integers below
 * 2^51 in magnitude are kept as the eight byte planes of their bits.
 */
const Mode = { plain: 0, delta: 1, deltaByKind: 2, lag: 3, bits: 4 } as const;
type Mode = (typeof Mode)[keyof typeof Mode];

/** Integer columns and doubles. */
export type Numbers = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

const HEADER = 2;
/** Differences of two such integers, zigzag coded, stay exact in a double. */
const INTEGER_LIMIT = 2 ** 51;
const TWO_32 = 2 ** 32;
/** Values looked at to choose a prediction. */
const SAMPLE = 2048;

/** Codes of the column at hand: low and high 32 bits. Grown on demand, reused from call to call. */
let low = new Uint32Array(65_536);
let high = new Uint32Array(65_536);
const lastInt = new Int32Array(256);
const lastDouble = new Float64Array(256);
const histogram = new Uint32Array(256);

function reserve(count: number): void {
  if (low.length >= count) return;
  // A multiple of four: planes are put together four values at a time.
  const room = (count + 3) & ~3;
  low = new Uint32Array(room);
  high = new Uint32Array(room);
}

/**
 * Packs a column; the bytes are good until the next one is packed. With `kinds` (one a value) the prediction is chosen by the entropy of a sample; without,
 * `delta` says whether neighbours resemble each other.
 */
export function packColumn(
  values: Numbers,
  count: number,
  options: { kinds?: Uint8Array; delta?: boolean } = {},
): Uint8Array {
  reserve(count);
  if (values instanceof Float64Array && !allIntegers(values, count)) return packBits(values, count);
  const mode =
    options.kinds !== undefined
      ? chooseMode(values, options.kinds, count)
      : options.delta === true
        ? Mode.delta
        : Mode.plain;
  code(values, options.kinds, mode, 0, count);
  return planes(mode, count);
}

/** Packs the causes of events `first`, `first + 1`, ...: how far back each lies, 0 for none (-1); as `packColumn`. */
export function packCauses(values: Int32Array, first: number, count: number): Uint8Array {
  reserve(count);
  for (let i = 0; i < count; i++) {
    const cause = values[i];
    const lag = first + i - cause;
    const z = cause === -1 ? 0 : (lag >= 0 ? 2 * lag : -2 * lag - 1) + 1;
    low[i] = z >>> 0;
    high[i] = (z - (z >>> 0)) / TWO_32;
  }
  return planes(Mode.lag, count);
}

/** Fills `into` (of the length wanted) from bytes of `packColumn`; `kinds` as they were given there. */
export function unpackColumn(bytes: Uint8Array, into: Numbers, kinds?: Uint8Array): void {
  const count = into.length;
  const mode = readHeader(bytes, count);
  if (mode === Mode.bits) {
    unpackBits(bytes, into, count);
  } else {
    gather(bytes, count);
    if (into instanceof Float64Array) decodeDoubles(mode, into, kinds, count);
    else decodeInts(mode, into, kinds, count);
  }
}

/**
 * As {@link unpackColumn}, but only the values of one kind have to be right afterwards: where values of other kinds do
 * not matter to them they are not looked at.
 */
export function unpackKind(bytes: Uint8Array, into: Float64Array, kinds: Uint8Array, kind: number): void {
  const count = into.length;
  const mode = readHeader(bytes, count);
  if (mode !== Mode.plain && mode !== Mode.deltaByKind) {
    unpackColumn(bytes, into, kinds);
    return;
  }
  const width = bytes[1];
  let last = 0;
  for (let i = 0; i < count; i++) {
    if (kinds[i] !== kind) continue;
    let code = 0;
    for (let plane = width - 1; plane >= 0; plane--) code = code * 256 + bytes[HEADER + plane * count + i];
    const half = Math.floor(code / 2);
    const d = code % 2 === 0 ? half : -half - 1;
    last = mode === Mode.plain ? d : last + d;
    into[i] = last;
  }
}

/** Fills `into` from bytes of `packCauses`. */
export function unpackCauses(bytes: Uint8Array, into: Int32Array, first: number): void {
  const count = into.length;
  readHeader(bytes, count);
  gather(bytes, count);
  for (let i = 0; i < count; i++) {
    const z = high[i] * TWO_32 + low[i];
    const lag = (z - 1) % 2 === 0 ? (z - 1) / 2 : -z / 2;
    into[i] = z === 0 ? -1 : first + i - lag;
  }
}

/** Throws a RangeError for bytes that no packing made: the store turns it into a message about damage. */
function readHeader(bytes: Uint8Array, count: number): Mode {
  const mode = bytes[0];
  const width = bytes[1];
  if (mode === undefined || mode > Mode.bits || width > 8 || bytes.length !== HEADER + width * count) {
    throw new RangeError('packed column is damaged');
  }
  return mode as Mode;
}

function allIntegers(values: Float64Array, count: number): boolean {
  for (let i = 0; i < count; i++) {
    const v = values[i];
    // -0 is an integer that zigzag would lose.
    if (v !== Math.floor(v) || v >= INTEGER_LIMIT || v <= -INTEGER_LIMIT || (v === 0 && 1 / v < 0)) return false;
  }
  return true;
}

/** Codes values[start .. start + count) into low and high, predicted by `mode`; the predictors start at 0. */
function code(values: Numbers, kinds: Uint8Array | undefined, mode: Mode, start: number, count: number): void {
  if (values instanceof Float64Array) codeDoubles(values, kinds, mode, start, count);
  else codeInts(values, kinds, mode, start, count);
}

function codeInts(
  values: Exclude<Numbers, Float64Array>,
  kinds: Uint8Array | undefined,
  mode: Mode,
  start: number,
  count: number,
): void {
  lastInt.fill(0);
  let previous = 0;
  high.fill(0, 0, count);
  for (let i = 0; i < count; i++) {
    const v = values[start + i] | 0;
    let d = v;
    if (mode === Mode.delta) {
      d = (v - previous) | 0;
      previous = v;
    } else if (mode === Mode.deltaByKind) {
      const k = kinds![start + i];
      d = (v - lastInt[k]) | 0;
      lastInt[k] = v;
    }
    low[i] = (d << 1) ^ (d >> 31);
  }
}

function codeDoubles(
  values: Float64Array,
  kinds: Uint8Array | undefined,
  mode: Mode,
  start: number,
  count: number,
): void {
  lastDouble.fill(0);
  let previous = 0;
  for (let i = 0; i < count; i++) {
    const v = values[start + i];
    let d = v;
    if (mode === Mode.delta) {
      d = v - previous;
      previous = v;
    } else if (mode === Mode.deltaByKind) {
      const k = kinds![start + i];
      d = v - lastDouble[k];
      lastDouble[k] = v;
    }
    const z = d >= 0 ? 2 * d : -2 * d - 1;
    const l = z >>> 0;
    low[i] = l;
    high[i] = (z - l) / TWO_32;
  }
}

function decodeInts(
  mode: Mode,
  into: Exclude<Numbers, Float64Array>,
  kinds: Uint8Array | undefined,
  count: number,
): void {
  lastInt.fill(0);
  let previous = 0;
  for (let i = 0; i < count; i++) {
    const z = low[i];
    const d = (z >>> 1) ^ -(z & 1);
    if (mode === Mode.plain) {
      into[i] = d;
    } else if (mode === Mode.delta) {
      previous = (previous + d) | 0;
      into[i] = previous;
    } else {
      const k = kinds![i];
      const v = (lastInt[k] + d) | 0;
      lastInt[k] = v;
      into[i] = v;
    }
  }
}

function decodeDoubles(mode: Mode, into: Float64Array, kinds: Uint8Array | undefined, count: number): void {
  lastDouble.fill(0);
  let previous = 0;
  for (let i = 0; i < count; i++) {
    const l = low[i];
    // Half of (high:low), without a multiplication that would round.
    const half = high[i] * 2147483648 + (l >>> 1);
    const d = (l & 1) === 0 ? half : -half - 1;
    if (mode === Mode.plain) {
      into[i] = d;
    } else if (mode === Mode.delta) {
      previous += d;
      into[i] = previous;
    } else {
      const k = kinds![i];
      const v = lastDouble[k] + d;
      lastDouble[k] = v;
      into[i] = v;
    }
  }
}

/** The prediction whose byte planes have the least entropy over a stretch from the middle. */
function chooseMode(values: Numbers, kinds: Uint8Array, count: number): Mode {
  const sample = Math.min(SAMPLE, count);
  const start = (count - sample) >> 1;
  let best: Mode = Mode.plain;
  let least = Infinity;
  for (const mode of [Mode.plain, Mode.delta, Mode.deltaByKind]) {
    code(values, kinds, mode, start, sample);
    const bits = sampleEntropy(sample);
    if (bits < least) {
      least = bits;
      best = mode;
    }
  }
  return best;
}

function sampleEntropy(sample: number): number {
  const width = planesNeeded(sample);
  let bits = 0;
  for (let plane = 0; plane < width; plane++) {
    histogram.fill(0);
    const source = plane < 4 ? low : high;
    const shift = (plane & 3) * 8;
    // The first few carry the jump from 0 to the first value of each kind: left out.
    for (let i = Math.min(64, sample >> 1); i < sample; i++) histogram[(source[i] >>> shift) & 255] += 1;
    for (let v = 0; v < 256; v++) {
      const n = histogram[v];
      if (n > 0) bits += n * Math.log2(sample / n);
    }
  }
  return bits;
}

function planesNeeded(count: number): number {
  let lowOr = 0;
  let highOr = 0;
  for (let i = 0; i < count; i++) {
    lowOr |= low[i];
    highOr |= high[i];
  }
  const bits = highOr !== 0 ? 64 - Math.clz32(highOr) : 32 - Math.clz32(lowOr);
  return (bits + 7) >> 3;
}

/** Where planes are put together, four values at a time; grown on demand, reused from call to call. */
let room = new Uint8Array(0);
let words = new Uint32Array(0);

/** Bytes of `room` that hold what a column packs to: good until the next one is packed. */
function planes(mode: Mode, count: number): Uint8Array {
  const width = planesNeeded(count);
  reserveRoom(HEADER + width * count);
  room[0] = mode;
  room[1] = width;
  const quads = (count + 3) >> 2;
  const bytes = new Uint8Array(words.buffer, 0, count);
  for (let plane = 0; plane < width; plane++) {
    const source = plane < 4 ? low : high;
    const shift = (plane & 3) * 8;
    // Values beyond the last one are left over from another column: their bytes are not taken.
    for (let quad = 0, i = 0; quad < quads; quad++, i += 4) {
      words[quad] =
        ((source[i] >>> shift) & 255) |
        (((source[i + 1] >>> shift) & 255) << 8) |
        (((source[i + 2] >>> shift) & 255) << 16) |
        ((source[i + 3] >>> shift) << 24);
    }
    room.set(bytes, HEADER + plane * count);
  }
  return room.subarray(0, HEADER + width * count);
}

function reserveRoom(bytes: number): void {
  if (room.length < bytes) room = new Uint8Array(Math.max(bytes, HEADER + 8 * 65_536));
  if (words.length * 4 < low.length) words = new Uint32Array(low.length >> 2);
}

/** The reverse of `planes`: codes back into low and high. */
function gather(bytes: Uint8Array, count: number): void {
  reserve(count);
  gatherWord(bytes, HEADER, Math.min(bytes[1], 4), low, count);
  gatherWord(bytes, HEADER + 4 * count, bytes[1] - 4, high, count);
}

function gatherWord(bytes: Uint8Array, at: number, width: number, into: Uint32Array, count: number): void {
  if (width <= 0) {
    into.fill(0, 0, count);
  } else if (width === 1) {
    for (let i = 0; i < count; i++) into[i] = bytes[at + i];
  } else if (width === 2) {
    for (let i = 0; i < count; i++) into[i] = bytes[at + i] | (bytes[at + count + i] << 8);
  } else {
    const third = at + 2 * count;
    for (let i = 0; i < count; i++) into[i] = bytes[at + i] | (bytes[at + count + i] << 8) | (bytes[third + i] << 16);
    if (width === 4) for (let i = 0; i < count; i++) into[i] |= bytes[third + count + i] << 24;
  }
}

function packBits(values: Float64Array, count: number): Uint8Array {
  const raw = new Uint8Array(values.buffer, values.byteOffset, count * 8);
  const bytes = new Uint8Array(HEADER + raw.length);
  bytes[0] = Mode.bits;
  bytes[1] = 8;
  for (let plane = 0; plane < 8; plane++) {
    const offset = HEADER + plane * count;
    for (let i = 0; i < count; i++) bytes[offset + i] = raw[i * 8 + plane];
  }
  return bytes;
}

function unpackBits(bytes: Uint8Array, into: Numbers, count: number): void {
  if (!(into instanceof Float64Array) || bytes[1] !== 8) throw new RangeError('packed column is damaged');
  const raw = new Uint8Array(into.buffer, into.byteOffset, count * 8);
  for (let plane = 0; plane < 8; plane++) {
    const offset = HEADER + plane * count;
    for (let i = 0; i < count; i++) raw[i * 8 + plane] = bytes[offset + i];
  }
}
