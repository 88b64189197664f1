import { defineCommand } from 'citty';
import { libraryArg, withLab } from '#cli/open-lab';
import { printJson, printLine } from '#cli/output';
import type { Annotation } from '#model/library';
import { InputError } from '#model/problem';

const runArg = { type: 'positional', required: true, description: 'run id, prefix or hash' } as const;
const jsonArg = { type: 'boolean', description: 'print one JSON document' } as const;

/** Changes a run's annotation and says how it is now. */
async function annotate(
  library: string | undefined,
  reference: string,
  json: boolean | undefined,
  change: (now: Annotation) => Partial<Annotation>,
): Promise<void> {
  const { id, now } = await withLab(library, async (lab) => {
    const run = await lab.library.getRun(reference);
    return { id: run.id, now: await lab.library.annotate(run.id, change(run)) };
  });
  if (json === true) printJson({ id, ...now });
  else
    printLine(
      `${id}${now.starred ? ' ★' : ''} ${now.name}${now.tags.length > 0 ? ` [${now.tags.join(', ')}]` : ''}${now.notes === '' ? '' : `: ${now.notes}`}`,
    );
}

export const tag = defineCommand({
  meta: { name: 'tag', description: 'Give a run tags; with --remove, take them away' },
  args: {
    run: runArg,
    tag: { type: 'positional', required: true, description: 'tags ...' },
    remove: { type: 'boolean', description: 'take these tags away' },
    json: jsonArg,
    ...libraryArg,
  },
  async run({ args }) {
    const [reference, ...tags] = args._;
    await annotate(args.library, reference, args.json, (now) => ({
      tags: args.remove === true ? now.tags.filter((known) => !tags.includes(known)) : [...now.tags, ...tags],
    }));
  },
});

export const note = defineCommand({
  meta: { name: 'note', description: "Write a run's notes (an empty text removes them), its name or its star" },
  args: {
    run: runArg,
    text: { type: 'positional', required: false, description: 'the notes ...' },
    add: { type: 'boolean', description: 'add to the notes instead of replacing them' },
    name: { type: 'string', description: 'name of the run', valueHint: 'NAME' },
    star: { type: 'boolean', description: 'star the run; --no-star takes the star away' },
    json: jsonArg,
    ...libraryArg,
  },
  async run({ args }) {
    const [reference, ...words] = args._;
    if (words.length === 0 && args.name === undefined && args.star === undefined) {
      throw new InputError({ message: 'nothing to note was given', expected: 'a text, --name or --star' });
    }
    const text = words.join(' ');
    await annotate(args.library, reference, args.json, (now) => ({
      ...(words.length === 0 ? {} : { notes: args.add === true && now.notes !== '' ? `${now.notes}\n${text}` : text }),
      ...(args.name === undefined ? {} : { name: args.name }),
      ...(args.star === undefined ? {} : { starred: args.star }),
    }));
  },
});
