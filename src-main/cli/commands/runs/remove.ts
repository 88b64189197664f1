import { defineCommand } from 'citty';
import { libraryArg, withLab } from '#cli/open-lab';
import { printJson, printLine } from '#cli/output';
import type { RunListing } from '#model/library';
import { InputError } from '#model/problem';
import { bytesText, parseAge, parseBytes, sizeText } from './sizes.ts';

const jsonArg = { type: 'boolean', description: 'print one JSON document' } as const;
/** More runs than any library: a page that holds them all. */
const ALL = 1_000_000;

export const remove = defineCommand({
  meta: { name: 'delete', description: 'Delete runs; "runs undo" brings them back until they are purged' },
  args: {
    run: { type: 'positional', required: true, description: 'run ids, prefixes or hashes ...' },
    json: jsonArg,
    ...libraryArg,
  },
  async run({ args }) {
    const ids = await withLab(args.library, async ({ library }) => {
      // All are looked up before the first is deleted: a wrong name deletes nothing.
      const found: string[] = [];
      for (const reference of args._) found.push((await library.getRun(reference)).id);
      for (const id of new Set(found)) await library.deleteRun(id);
      return [...new Set(found)];
    });
    if (args.json) printJson({ deleted: ids });
    else printLine(`deleted ${ids.join(', ')} ("faultline runs undo" brings them back)`);
  },
});

export const undo = defineCommand({
  meta: { name: 'undo', description: 'Bring deleted runs back: those named, or all' },
  args: {
    run: { type: 'positional', required: false, description: 'run ids, prefixes or hashes ...' },
    json: jsonArg,
    ...libraryArg,
  },
  async run({ args }) {
    const ids = await withLab(args.library, async ({ library }) => {
      const named =
        args._.length > 0 ? args._ : (await library.listRuns({ deleted: true, limit: ALL })).runs.map((run) => run.id);
      const back: string[] = [];
      for (const reference of named) back.push(await library.restoreRun(reference));
      return back;
    });
    if (args.json) printJson({ restored: ids });
    else printLine(ids.length === 0 ? 'nothing is deleted' : `brought back ${ids.join(', ')}`);
  },
});

export const purge = defineCommand({
  meta: { name: 'purge', description: 'Remove deleted runs for good and free their space' },
  args: { json: jsonArg, ...libraryArg },
  async run({ args }) {
    const { purged, size } = await withLab(args.library, async ({ library }) => ({
      purged: await library.purgeDeleted(),
      size: await library.size(),
    }));
    if (args.json) printJson({ purged, ...size });
    else printLine(`${purged} removed for good; ${sizeText(size)}`);
  },
});

export const prune = defineCommand({
  meta: {
    name: 'prune',
    description: 'Remove runs for good by age or size; starred runs stay. Without --yes it only tells',
  },
  args: {
    'older-than': { type: 'string', description: 'runs saved longer ago', valueHint: '30d' },
    'keep-under': {
      type: 'string',
      description: 'the oldest, until the others take no more than this',
      valueHint: '"500 MB"',
    },
    yes: { type: 'boolean', description: 'do it' },
    json: jsonArg,
    ...libraryArg,
  },
  async run({ args }) {
    const older = args['older-than'];
    const under = args['keep-under'];
    if (older === undefined && under === undefined)
      throw new InputError({ message: 'nothing says what to prune', expected: '--older-than or --keep-under' });
    const before = older === undefined ? '' : new Date(Date.now() - parseAge(older, '--older-than')).toISOString();
    const most = under === undefined ? Infinity : parseBytes(under, '--keep-under');
    const { runs, size } = await withLab(args.library, async ({ library }) => {
      const { runs: all } = await library.listRuns({ sort: 'savedAt', descending: false, limit: ALL });
      const chosen = choose(all, before, most);
      if (args.yes === true) {
        for (const { id } of chosen) await library.deleteRun(id);
        await library.purgeDeleted();
      }
      return { runs: chosen, size: await library.size() };
    });
    const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
    if (args.json) printJson({ pruned: args.yes === true, runs: runs.map(({ id }) => id), bytes });
    else
      printLine(
        `${args.yes === true ? 'removed' : 'would remove (--yes does it)'} ${runs.length} runs, ${bytesText(bytes)}; ${sizeText(size)}`,
      );
  },
});

/** Oldest first: those saved before a date, and as many more as bring the rest under a size. */
function choose(oldestFirst: readonly RunListing[], before: string, most: number): RunListing[] {
  let bytes = oldestFirst.reduce((sum, run) => sum + run.bytes, 0);
  return oldestFirst.filter((run) => {
    if (run.starred || !(run.savedAt < before || bytes > most)) return false;
    bytes -= run.bytes;
    return true;
  });
}
