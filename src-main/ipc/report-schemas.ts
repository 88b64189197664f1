import * as v from 'valibot';
import { PAPERS, REPORT_FORMATS, SECTION_IDS, partsSchema, type Block, type Report } from '#model/report';
import { operationIdSchema, runIdSchema } from './schemas.ts';

const text = v.string();
const finite = v.pipe(v.number(), v.finite());
export const spanSchema = v.strictObject({ from: finite, to: finite });

/** What a report is about: runs, or a sweep by its document. */
const subjectSchema = v.strictObject({
  runs: v.pipe(v.array(runIdSchema), v.maxLength(64)),
  span: v.optional(spanSchema),
  sweep: v.optional(v.unknown()),
});

const choiceSchema = v.strictObject({
  parts: v.optional(partsSchema),
  title: v.optional(v.pipe(text, v.trim(), v.nonEmpty(), v.maxLength(200))),
});

export const reportRequestSchema = v.strictObject({ subject: subjectSchema, choice: choiceSchema });

export const reportSaveSchema = v.strictObject({
  operation: operationIdSchema,
  subject: subjectSchema,
  choice: choiceSchema,
  format: v.picklist(REPORT_FORMATS),
  paper: v.picklist(PAPERS),
});

export const exportSaveSchema = v.strictObject({
  operation: operationIdSchema,
  run: runIdSchema,
  format: v.pipe(text, v.maxLength(20)),
  span: v.optional(spanSchema),
  paper: v.picklist(PAPERS),
});

/** Where something was written, the file asked for first; null when the person changed their mind. */
export const savedSchema = v.nullable(v.object({ files: v.pipe(v.array(text), v.minLength(1)) }));

const cell = v.object({ text, number: v.boolean() });
const blockSchema: v.GenericSchema<Block> = v.variant('type', [
  v.object({ type: v.literal('paragraph'), text }),
  v.object({ type: v.literal('warning'), title: text, items: v.array(text) }),
  v.object({ type: v.literal('list'), items: v.array(text) }),
  v.object({ type: v.literal('table'), caption: text, head: v.array(cell), rows: v.array(v.array(cell)) }),
  v.object({ type: v.literal('figure'), figure: v.object({ svg: text, caption: text }) }),
  v.object({ type: v.literal('code'), title: text, text }),
]);

/** `Report` of model/report. */
export const reportSchema: v.GenericSchema<Report> = v.object({
  title: text,
  question: text,
  madeAt: text,
  sections: v.array(v.object({ part: v.nullable(v.picklist(SECTION_IDS)), title: text, blocks: v.array(blockSchema) })),
});
