import { defineCommand } from 'citty';
import { libraryArg, withLab } from '#cli/open-lab';
import { printJson, printLine, tell } from '#cli/output';
import { writeWhole } from '#lab/whole-file';
import { workloadOf } from '#lab/workload';
import { formatCount } from '#model/units';

export default defineCommand({
  meta: {
    name: 'workload',
    description:
      'The workload of a run as an experiment: what an emulated run was made of, or the page faults of a recorded one in order',
  },
  args: {
    run: { type: 'positional', required: true, description: 'run id, prefix or hash' },
    out: { type: 'string', valueHint: 'FILE', description: 'write the experiment here instead of printing it' },
    force: { type: 'boolean', description: 'replace the file named by --out' },
    json: { type: 'boolean', description: 'print one JSON document: it always is one' },
    ...libraryArg,
  },
  async run({ args }) {
    const { document, leftAside } = await withLab(args.library, ({ library }) => workloadOf(library, args.run));
    for (const { reason, count } of leftAside) tell(`left aside: ${formatCount(count)} ${reason}`);
    if (args.out === undefined) {
      printJson(document);
      return;
    }
    writeWhole(args.out, `${JSON.stringify(document, null, 2)}\n`, args.force ?? false);
    printLine(`written to ${args.out}`);
  },
});
