import { existsSync } from 'node:fs';
import { defineCommand, runCommand } from 'citty';
import { merge } from './runs/bundles.ts';
import importDiskSim from '#cli/commands/import-disksim';
import { libraryPathOf } from '#cli/open-lab';
import { LazyStore } from '#cli/open-store';
import { interruptSignal, libraryArg } from '#cli/open-lab';
import { ProgressLine, printJson, printLine, tell } from '#cli/output';
import { writeWhole } from '#lab/whole-file';
import { importFile, type ImportResult } from '#lab/import';
import { OwnDocuments, documentsFolder } from '#lab/own-documents';
import { isBundleFile } from '#lab/bundle-file';
import { InputError } from '#model/problem';
import { formatCount } from '#model/units';
import { IMPORTERS } from '#recording/formats';

const KINDS: Readonly<Record<ImportResult['kind'], string>> = {
  run: 'a recorded run',
  device: 'a disk document',
  measurements: 'a document of measurements',
  experiment: 'an experiment',
};

export default defineCommand({
  meta: {
    name: 'import',
    description:
      'Import what another tool recorded: a trace becomes a run, figures become a document; a .faultline bundle gives its runs. `import disksim NAME.parv` makes a drive of a DiskSim parameter file',
  },
  args: {
    file: { type: 'positional', required: true, description: 'the file; gzip is unpacked' },
    parameters: { type: 'positional', required: false, description: 'after "disksim": the .parv file' },
    as: {
      type: 'string',
      valueHint: 'FORMAT',
      description: `the format, when it is not to be recognised: ${IMPORTERS.map((importer) => importer.id).join(', ')}, disksim`,
    },
    out: { type: 'string', valueHint: 'FILE', description: 'write the document here instead of the documents folder' },
    force: { type: 'boolean', description: 'replace the file named by --out' },
    source: {
      type: 'string',
      valueHint: 'TEXT',
      description: 'with disksim: what to name as the source of the figures',
    },
    json: { type: 'boolean', description: 'print one JSON document' },
    ...libraryArg,
  },
  async run({ args, rawArgs }) {
    const named = args.file === 'disksim' && args.parameters !== undefined;
    if (named || args.as === 'disksim' || (args.as === undefined && args.file.toLowerCase().endsWith('.parv'))) {
      await runCommand(importDiskSim, { rawArgs: diskSimWords(rawArgs, named) });
      return;
    }
    if (args.parameters !== undefined)
      throw new InputError({ message: '2 arguments were given', expected: 'one file, or "disksim" and a .parv file' });
    if (args.source !== undefined)
      throw new InputError({ path: '--source', message: 'belongs to disksim', expected: 'no --source' });
    if (args.as === undefined && (await isBundleFile(args.file))) {
      await runCommand(merge, { rawArgs: [...rawArgs] });
      return;
    }
    if (args.out !== undefined && existsSync(args.out) && !args.force)
      throw new InputError({
        file: args.out,
        message: 'exists already',
        expected: 'a new name, or --force to replace it',
      });
    const libraryPath = libraryPathOf(args.library);
    const store = new LazyStore(libraryPath);
    const progress = new ProgressLine();
    let result: ImportResult;
    try {
      result = await importFile(args.file, store.get, {
        ...(args.as === undefined ? {} : { as: args.as }),
        date: new Date().toISOString().slice(0, 10),
        signal: interruptSignal(),
        onProgress({ done, total, events, format }) {
          progress.show(`importing ${format}`, done, total, events > 0 ? `${formatCount(events)} events` : '');
        },
      });
    } finally {
      progress.end();
      await store.close();
    }
    if (result.kind === 'run' && args.out !== undefined)
      tell('--out was left alone: a recording goes into the library');
    const path =
      result.document === null
        ? null
        : save(result.document, args.out, args.force ?? false, documentsFolder(libraryPath));
    if (args.json) {
      const { format, kind, id, existing, events, taken, leftAside } = result;
      printJson({ format, kind, id, path, existing, events, taken, leftAside });
      return;
    }
    printLine(`${args.file}: ${result.label}`);
    if (result.kind === 'run')
      printLine(
        `became ${KINDS.run}, ${result.id ?? ''}${result.existing ? ' (the library had it already)' : ''}, of ${formatCount(result.events)} events in ${libraryPath}`,
      );
    else printLine(`became ${KINDS[result.kind]}, written to ${path ?? ''}`);
    printCounts('taken', Object.entries(result.taken));
    printCounts(
      'left aside',
      result.leftAside.map(({ reason, count }) => [reason, count]),
    );
  },
});

function printCounts(title: string, counts: readonly (readonly [string, number])[]): void {
  if (counts.length === 0) return;
  printLine(`${title}:`);
  const width = Math.max(...counts.map(([, count]) => formatCount(count).length));
  for (const [name, count] of counts) printLine(`  ${formatCount(count).padStart(width)}  ${name}`);
}

/** Writes a document whole: where it was asked for, or into the user's folder. @returns its file */
function save(
  document: { readonly id?: string; readonly name: string },
  out: string | undefined,
  force: boolean,
  folder: string,
): string {
  if (out === undefined) return new OwnDocuments(folder).add(document).file;
  writeWhole(out, `${JSON.stringify(document, null, 1)}\n`, force);
  return out;
}

/** The words for `import disksim`, without what names it. */
function diskSimWords(words: readonly string[], named: boolean): string[] {
  const rest = [...words];
  if (named) rest.splice(rest.indexOf('disksim'), 1);
  const at = rest.findIndex((word) => word === '--as' || word.startsWith('--as='));
  if (at >= 0) rest.splice(at, rest[at] === '--as' ? 2 : 1);
  return rest;
}
