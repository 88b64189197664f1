/** Room that text takes in the drawing of a wait-for graph, without a font at hand: never less than it needs. */

/** Letters that are narrow or wide in a humanist sans, as shares of the font's size; the rest lies between. */
const NARROW = new Set(" .,:;'|!()[]ijlftrI-");
const WIDE = new Set('mwMWQO@%');
const SHARES = { narrow: 0.36, wide: 0.9, other: 0.6 } as const;

/** Width of a line, in the units of its font size, rounded up to be on the safe side of most fonts. */
export function widthOf(line: string, fontSize: number): number {
  let sum = 0;
  for (const letter of line) {
    sum += NARROW.has(letter) ? SHARES.narrow : WIDE.has(letter) ? SHARES.wide : SHARES.other;
  }
  return sum * fontSize;
}

/** Text broken between words into lines of at most `most`; a word that is longer has a line of its own. */
export function linesOf(text: string, most: number, fontSize: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    const longer = last === '' ? word : `${last} ${word}`;
    if (last === '' || widthOf(longer, fontSize) <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
