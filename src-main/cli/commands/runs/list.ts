import { defineCommand } from 'citty';
import { comparisonTable } from '#cli/comparison';
import { libraryArg, withLab } from '#cli/open-lab';
import { printJson, printLine } from '#cli/output';
import { RUN_SORT_FIELDS, type RunQuery } from '#model/library';
import { VERDICTS } from '#model/metrics';
import { InputError } from '#model/problem';
import { RUN_SOURCES } from '#model/run';
import { sizeText } from './sizes.ts';

/** Runs a list shows unless asked for more. */
const PAGE = 100;

export default defineCommand({
  meta: { name: 'list', description: 'List the runs of the library, newest first' },
  args: {
    text: { type: 'positional', required: false, description: 'words sought in names, notes, tags and documents ...' },
    limit: { type: 'string', description: `at most so many (default ${PAGE})`, valueHint: 'N' },
    experiment: { type: 'string', description: 'only of the experiment of this name', valueHint: 'NAME' },
    policy: { type: 'string', description: 'only of this policy', valueHint: 'ID' },
    machine: { type: 'string', description: 'only on this machine', valueHint: 'ID' },
    kernel: { type: 'string', description: 'only on this kernel', valueHint: 'ID' },
    filesystem: { type: 'string', description: 'only on this file system', valueHint: 'ID' },
    source: { type: 'string', description: `only ${RUN_SOURCES.join(', ')}`, valueHint: 'SOURCE' },
    verdict: { type: 'string', description: `only ${VERDICTS.join(', ')}`, valueHint: 'VERDICT' },
    tag: { type: 'string', description: 'only with this tag', valueHint: 'TAG' },
    starred: { type: 'boolean', description: 'only starred ones' },
    deleted: { type: 'boolean', description: 'those that were deleted and can still be brought back' },
    sort: { type: 'string', description: `by ${RUN_SORT_FIELDS.join(', ')}`, valueHint: 'FIELD' },
    json: { type: 'boolean', description: 'print one JSON document' },
    ...libraryArg,
  },
  async run({ args }) {
    const limit = args.limit === undefined ? PAGE : Number(args.limit);
    if (!Number.isInteger(limit) || limit < 1)
      throw new InputError({ path: '--limit', message: `"${args.limit ?? ''}" is no number`, expected: '1 or more' });
    const text = args._.join(' ');
    const asked: Record<string, unknown> = {
      text: text === '' ? undefined : text,
      experiment: args.experiment,
      policy: args.policy,
      machine: args.machine,
      kernel: args.kernel,
      filesystem: args.filesystem,
      source: oneOf('--source', args.source, RUN_SOURCES),
      verdict: oneOf('--verdict', args.verdict, VERDICTS),
      tag: args.tag,
      starred: args.starred === true ? true : undefined,
      deleted: args.deleted === true ? true : undefined,
      sort: oneOf('--sort', args.sort, RUN_SORT_FIELDS),
    };
    const query = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as RunQuery;
    if (query.deleted === true) {
      await listDeleted(args.library, { ...query, limit }, args.json === true);
      return;
    }
    const { total, runs, size } = await withLab(args.library, async (lab) => {
      const page = await lab.library.listRuns({ ...query, limit });
      const full = await Promise.all(page.runs.map((run) => lab.library.getRun(run.id)));
      return { total: page.total, runs: full, size: await lab.library.size() };
    });
    if (args.json) {
      printJson({ total, runs });
      return;
    }
    if (runs.length === 0) {
      const isAll = Object.keys(query).every((key) => key === 'sort');
      printLine(
        isAll ? 'The library is empty: "faultline run 2005-question" makes the first runs.' : 'No run matches.',
      );
      return;
    }
    for (const line of comparisonTable(runs)) printLine(line);
    if (total > runs.length) printLine(`${runs.length} of ${total} runs; --limit shows more`);
    printLine(sizeText(size));
  },
});

/** Deleted runs cannot be opened, only listed and brought back. */
async function listDeleted(library: string | undefined, query: RunQuery, json: boolean): Promise<void> {
  const { total, runs } = await withLab(library, (lab) => lab.library.listRuns(query));
  if (json) printJson({ total, runs });
  else if (runs.length === 0) printLine('Nothing is deleted.');
  else for (const run of runs) printLine(`${run.id}  ${run.experiment}, ${run.policy} on ${run.filesystem}`);
}

function oneOf<T extends string>(option: string, value: string | undefined, known: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const found = known.find((word) => word === value);
  if (found === undefined)
    throw new InputError({ path: option, message: `"${value}" is none`, expected: `one of ${known.join(', ')}` });
  return found;
}
