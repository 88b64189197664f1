import { defineCommand } from 'citty';
import { libraryArg, libraryPathOf, withLab } from '#cli/open-lab';
import { printJson, printLine } from '#cli/output';
import { Failed } from '#cli/run-cli';
import { StoreFailure } from '#store/failures';
import { repairLibrary } from '#store/repair';

const jsonArg = { type: 'boolean', description: 'print one JSON document' } as const;

export const verify = defineCommand({
  meta: { name: 'verify', description: 'Read everything of every run and check it against its checksums' },
  args: { json: jsonArg, ...libraryArg },
  async run({ args }) {
    const { sound, damaged } = await withLab(args.library, async ({ library }) => {
      const result = { sound: [] as string[], damaged: [] as { id: string; message: string }[] };
      const { runs } = await library.listRuns({ limit: 1_000_000 });
      for (const { id } of runs) {
        try {
          await library.verifyRun(id);
          result.sound.push(id);
        } catch (error) {
          if (!(error instanceof StoreFailure) || error.trouble !== 'damaged') throw error;
          result.damaged.push({ id, message: error.problem.message });
        }
      }
      return result;
    });
    if (args.json) printJson({ sound, damaged });
    else {
      for (const { id, message } of damaged) printLine(`${id}: ${message}`);
      printLine(`${sound.length} runs are sound, ${damaged.length} damaged`);
    }
    if (damaged.length > 0) throw new Failed();
  },
});

export const repair = defineCommand({
  meta: { name: 'repair', description: 'Save what can be read of a damaged library; the file is kept aside as it was' },
  args: { json: jsonArg, ...libraryArg },
  run({ args }) {
    const result = repairLibrary(libraryPathOf(args.library));
    if (args.json) {
      printJson(result);
      return;
    }
    printLine(`${result.whole.length} runs are whole`);
    for (const { id, now, missing } of result.partly) printLine(`${id} is saved in part as ${now}: ${missing}`);
    for (const { id, why } of result.lost) printLine(`${id} is lost: ${why}`);
    printLine(`the file as it was: ${result.kept}`);
  },
});
