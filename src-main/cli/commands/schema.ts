import { defineCommand } from 'citty';
import { printJson, printLine } from '#cli/output';
import { documentSchema, SCHEMA_FORMATS } from '#lab/schemas';

export default defineCommand({
  meta: { name: 'schema', description: 'Print the JSON Schema of a document format, or list the formats' },
  args: {
    format: {
      type: 'positional',
      required: false,
      description: 'format, such as experiment or faultline/experiment@1',
    },
    json: { type: 'boolean', description: 'print one JSON document (a schema always is one)' },
  },
  run({ args }) {
    if (args.format !== undefined) printJson(documentSchema(args.format));
    else if (args.json) printJson({ formats: SCHEMA_FORMATS });
    else for (const format of SCHEMA_FORMATS) printLine(format);
  },
});
