import { InputError } from '#model/problem';
import { PAPERS, type Paper } from '#model/report';
import { parseTime } from '#model/units';

/** One of the words that an option takes, in any case. @throws InputError for another */
export function wordOption<Word extends string>(option: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
  if (found === undefined)
    throw new InputError({ path: option, message: `there is no "${text}"`, expected: words.join(' or ') });
  return found;
}

/** @throws InputError when there is no such paper */
export function paperOption(text: string): Paper {
  return wordOption('--paper', text, PAPERS);
}

/** A time of a run, ps. @throws InputError when the text is none */
export function spanOption(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ps = parseTime(text);
  if (ps === null)
    throw new InputError({ message: `${option} ${text} is no time`, expected: 'a time such as "30 ms"' });
  return ps;
}
