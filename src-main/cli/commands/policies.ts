import { defineCommand } from 'citty';
import { printJson, printLine } from '#cli/output';
import { POLICIES } from '#model/policies';

export default defineCommand({
  meta: { name: 'policies', description: 'Explain the fault policies, each in two sentences, with their source' },
  args: { json: { type: 'boolean', description: 'print one JSON document' } },
  run({ args }) {
    if (args.json) {
      printJson({ policies: POLICIES });
      return;
    }
    for (const { id, name, explanation, source } of POLICIES) {
      printLine(`${id}  ${name}`);
      printLine(`    ${explanation}`);
      printLine(`    Source: ${source}.`);
      printLine();
    }
  },
});
