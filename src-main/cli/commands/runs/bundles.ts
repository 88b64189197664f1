import { resolve } from 'node:path';
import { defineCommand } from 'citty';
import { libraryArg, withLab } from '#cli/open-lab';
import { printJson, printLine } from '#cli/output';
import { InputError } from '#model/problem';

const jsonArg = { type: 'boolean', description: 'print one JSON document' } as const;

export const exportRuns = defineCommand({
  meta: { name: 'export', description: 'Write runs with their documents, notes and events into a bundle' },
  args: {
    run: { type: 'positional', required: false, description: 'run ids, prefixes or hashes ...' },
    all: { type: 'boolean', description: 'every run of the library' },
    out: { type: 'string', description: 'file to write', valueHint: 'FILE', default: 'runs.faultline' },
    force: { type: 'boolean', description: 'replace the file if it exists' },
    json: jsonArg,
    ...libraryArg,
  },
  async run({ args }) {
    if ((args._.length === 0) === (args.all !== true))
      throw new InputError({ message: 'it is not clear which runs', expected: 'runs, or --all' });
    const file = resolve(args.out);
    const ids = await withLab(args.library, async ({ library }) => {
      const named =
        args.all === true ? (await library.listRuns({ limit: 1_000_000 })).runs.map((run) => run.id) : args._;
      if (named.length === 0) throw new InputError({ message: 'the library has no runs', expected: 'a run to export' });
      return library.exportBundle(named, file, args.force === true);
    });
    if (args.json) printJson({ bundle: file, runs: ids });
    else printLine(`${file}: ${ids.length} run${ids.length === 1 ? '' : 's'}`);
  },
});

export const merge = defineCommand({
  meta: {
    name: 'merge',
    description: 'Take the runs of bundles into the library, each checked by its hash; twice adds nothing',
  },
  args: {
    file: { type: 'positional', required: true, description: '.faultline bundles ...' },
    json: jsonArg,
    ...libraryArg,
  },
  async run({ args }) {
    const saved = await withLab(args.library, async ({ library }) => {
      const all = [];
      for (const file of args._)
        for (const { id, existing } of await library.importBundle(resolve(file))) all.push({ id, existing, file });
      return all;
    });
    const added = saved.filter(({ existing }) => !existing).length;
    if (args.json) printJson({ runs: saved, added });
    else printLine(`${saved.length} runs, ${added} of them new: ${saved.map(({ id }) => id).join(', ')}`);
  },
});
