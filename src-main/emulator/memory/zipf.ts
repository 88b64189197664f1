import { deterministicExp, deterministicLog } from '#emulator/memory/elementary';

/** Constants of Zipf by rejection-inversion (Hörmann and Derflinger, ACM TOMACS 6(3), 1996). */
export interface ZipfConstants {
  readonly lower: number;
  readonly upper: number;
  readonly cut: number;
}

/** Constants for ranks 1..slots with exponent `skew` >= 0. */
export function zipfConstants(slots: number, skew: number): ZipfConstants {
  const integral = (x: number): number => {
    const l = deterministicLog(x);
    const t = (1 - skew) * l;
    return t < 1e-8 && t > -1e-8 ? l * (1 + t / 2) : (deterministicExp(t) - 1) / (1 - skew);
  };
  const inverse = (x: number): number => {
    const t = x * (1 - skew);
    return deterministicExp(t < 1e-8 && t > -1e-8 ? x * (1 - t / 2) : deterministicLog(1 + t) / (1 - skew));
  };
  return {
    lower: integral(1.5) - 1,
    upper: integral(slots + 0.5),
    cut: 2 - inverse(integral(2.5) - deterministicExp(-skew * deterministicLog(2))),
  };
}
