/**
 * Logarithm and exponential from the four exact operations only, so that every engine gives the same bits
 * (Math.log and Math.exp may differ between versions). Relative error below 1e-14; for the Zipf pattern.
 */

const LN2_HIGH = 0.69314718036912381649;
const LN2_LOW = 1.90821492927058770002e-10;

/** Natural logarithm of a finite x > 0. */
export function deterministicLog(x: number): number {
  let exponent = 0;
  let m = x;
  while (m >= 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  while (m < 0.7071067811865476) {
    m *= 2;
    exponent--;
  }
  // ln m = 2 artanh((m - 1) / (m + 1)); |t| < 0.1716, so that 12 terms leave less than 1e-19.
  const t = (m - 1) / (m + 1);
  const t2 = t * t;
  let sum = 0;
  for (let k = 23; k >= 1; k -= 2) sum = sum * t2 + 1 / k;
  return exponent * LN2_HIGH + (2 * t * sum + exponent * LN2_LOW);
}

/** e^x for |x| < 700. */
export function deterministicExp(x: number): number {
  const n = Math.floor(x / 0.6931471805599453 + 0.5);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  let sum = 1;
  for (let k = 14; k >= 1; k--) sum = 1 + (sum * r) / k;
  let scale = 1;
  for (let k = 0; k < n; k++) scale *= 2;
  for (let k = 0; k > n; k--) scale *= 0.5;
  return sum * scale;
}
