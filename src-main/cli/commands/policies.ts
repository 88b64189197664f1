import { defineCommand } from 'citty';
import { printJson, printLine } from '#cli/output';
import { POLICIES } from '#model/policies';
import { InputError } from '#model/problem';

/** Breaks text into lines of at most `width` characters, at spaces. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}

export default defineCommand({
  meta: { name: 'policies', description: 'Explain how holes of a mapped file may get their blocks' },
  args: {
    id: { type: 'positional', required: false, description: 'one policy, such as P5' },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  run({ args }) {
    const chosen = args.id === undefined ? POLICIES : POLICIES.filter((policy) => policy.id === args.id);
    if (chosen.length === 0) {
      throw new InputError({
        message: `no policy is called "${args.id}"`,
        expected: `one of ${POLICIES.map((policy) => policy.id).join(', ')}`,
      });
    }
    if (args.json) {
      printJson({ policies: chosen });
      return;
    }
    chosen.forEach((policy, i) => {
      if (i > 0) printLine();
      printLine(`${policy.id}  ${policy.name}`);
      for (const line of wrap(policy.explanation, 96)) printLine(`    ${line}`);
      for (const line of wrap(`Source: ${policy.source}`, 96)) printLine(`    ${line}`);
    });
  },
});
