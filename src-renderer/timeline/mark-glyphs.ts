import type { MarkKind } from '#model/mark';

/** Shapes of marks in a 12 by 12 box: a pennant for a flag, a written page for a note, a peg for a mark. */
export const MARK_PATHS: Readonly<Record<MarkKind, string>> = {
  flag: 'M3 1v10.5M3 1.5h7L8 4l2 2.5H3z',
  note: 'M2 1.5h8v7H6L3.5 11V8.5H2z',
  mark: 'M6 11.5L2.5 6V1.5h7V6z',
};
