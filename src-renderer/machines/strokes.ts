/** How the curves of several documents are told apart: by colour, chosen for colour-blind readers, and by dashes. */
export interface Stroke {
  /** A token of ui/tokens.css. */
  readonly token: string;
  /** Lengths of dashes and gaps, px; none for a full line. */
  readonly dash: readonly number[];
}

export const STROKES: readonly Stroke[] = [
  { token: '--k-read', dash: [] },
  { token: '--k-write', dash: [7, 4] },
  { token: '--k-blocks', dash: [2, 3] },
  { token: '--k-protect', dash: [9, 3, 2, 3] },
  { token: '--k-wait', dash: [14, 5] },
  { token: '--k-journal', dash: [4, 2] },
  { token: '--k-alarm', dash: [9, 3, 2, 3, 2, 3] },
  { token: '--k-cache', dash: [1, 2] },
];

export const strokeOf = (place: number): Stroke => STROKES[place % STROKES.length];
