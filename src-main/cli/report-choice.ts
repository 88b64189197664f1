import { readFileSync } from 'node:fs';
import type { ReportChoice } from '#lab/report';
import { InputError } from '#model/problem';
import {
  SECTION_IDS,
  STANDARD_PARTS,
  templateSchema,
  type OwnText,
  type ReportPart,
  type SectionId,
} from '#model/report';
import { parseJson, validate } from '#model/validate';
import type { StoreClient } from '#workers/store-client';

/** Word of `--sections` that stands for the text of `--text`. */
const TEXT = 'text';

export interface ChoiceOptions {
  readonly sections?: string | undefined;
  readonly text?: string | undefined;
  readonly template?: string | undefined;
  readonly title?: string | undefined;
}

/**
 * What a report is made up of, as the options say.
 * @throws InputError for a section or a template that there is not, or a file that cannot be read
 */
export async function choiceOf(options: ChoiceOptions, library: StoreClient): Promise<ReportChoice> {
  const own = options.text === undefined ? null : readText(options.text);
  const template = options.template === undefined ? null : await templateOf(options.template, library);
  if (template !== null && options.sections !== undefined)
    throw new InputError({ message: '--template and --sections were given', expected: 'one of them' });
  const standard = template ?? STANDARD_PARTS;
  const parts = options.sections === undefined ? withText(standard, own) : sectionsOf(options.sections, own);
  return { parts, ...(options.title === undefined ? {} : { title: options.title }) };
}

/** Text that no place was named for stands behind the summary. */
function withText(parts: readonly ReportPart[], own: OwnText | null): readonly ReportPart[] {
  return own === null ? parts : parts.toSpliced(parts.indexOf('summary') + 1, 0, own);
}

function sectionsOf(list: string, own: OwnText | null): readonly ReportPart[] {
  const words = list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const expected = `some of ${[...SECTION_IDS, TEXT].join(', ')}, apart by commas`;
  const twice = words.find((word, i) => words.indexOf(word) !== i);
  if (words.length === 0 || twice !== undefined)
    throw new InputError({
      path: '--sections',
      message: twice === undefined ? 'names nothing' : `"${twice}" stands twice`,
      expected,
    });
  const parts = words.map((word): ReportPart => {
    if (word === TEXT) {
      if (own === null)
        throw new InputError({ path: '--sections', message: '"text" is named', expected: '--text FILE with it' });
      return own;
    }
    if ((SECTION_IDS as readonly string[]).includes(word)) return word as SectionId;
    throw new InputError({ path: '--sections', message: `there is no section "${word}"`, expected });
  });
  return words.includes(TEXT) ? parts : withText(parts, own);
}

/** The file's first line is the heading when it is one in Markdown ("# Heading"); else the text is called "Notes". */
function readText(file: string): OwnText {
  const text = read(file, 'a text file');
  const [, title, rest] = /^\s*#+ +([^\r\n]+)\r?\n?([^]*)$/.exec(text) ?? [];
  return title === undefined ? { title: 'Notes', text } : { title: title.trim(), text: rest ?? '' };
}

/** A template of the library by its name, or one in a file. */
async function templateOf(name: string, library: StoreClient): Promise<readonly ReportPart[]> {
  const kept = await library.templates();
  const found = kept.find((template) => template.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found.parts;
  if (/\.json$/i.test(name)) return validate(templateSchema, parseJson(read(name, 'a template'), name), name).parts;
  const names = kept.map((template) => `"${template.name}"`);
  throw new InputError({
    message: `the library has no template "${name}"`,
    expected:
      names.length === 0
        ? 'one kept with --keep-template NAME, or a .json file'
        : `${names.join(', ')}, or a .json file`,
  });
}

function read(file: string, expected: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new InputError({ file, message: 'cannot be read', expected });
  }
}
