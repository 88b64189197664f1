import * as v from 'valibot';

/** Parts that a report can have, in the order in which it has them unless told otherwise. */
export const REPORT_SECTIONS = [
  {
    id: 'summary',
    title: 'Summary',
    what: 'what happened in sentences, blocks given out, what to know before believing',
  },
  { id: 'span', title: 'The selected span', what: 'what lies in the span chosen on the timeline' },
  { id: 'sweep', title: 'The sweep', what: 'the measure over the grid, as pictures and as a table' },
  { id: 'comparison', title: 'What differs', what: 'documents and metrics that are not the same in all runs' },
  { id: 'metrics', title: 'Metrics', what: 'faults, blocks, I/O and time by cause, a column a run' },
  { id: 'timeline', title: 'Timelines', what: 'faults, allocations and I/O over simulated time' },
  { id: 'page-life', title: 'Page lives', what: 'what became of single pages, from the first touch on' },
  { id: 'latencies', title: 'How long faults and requests took', what: 'histograms of faults and I/O' },
  { id: 'waits', title: 'The knot', what: 'who waits for whom in a run that deadlocked' },
  { id: 'sources', title: 'Sources', what: "where the documents' figures come from, which are estimates" },
  { id: 'reproduce', title: 'How to reproduce this', what: 'hashes, and the documents themselves' },
] as const;
export type SectionId = (typeof REPORT_SECTIONS)[number]['id'];
export const SECTION_IDS = REPORT_SECTIONS.map(({ id }) => id);

export const TEMPLATE_FORMAT = 'faultline/report-template@1';
const MOST_PARTS = 60;

/** Text of the person's own: paragraphs apart by an empty line, lists of lines that begin with "- ". */
export const ownTextSchema = v.strictObject({
  title: v.pipe(v.string(), v.trim(), v.nonEmpty('a heading'), v.maxLength(200)),
  text: v.pipe(v.string(), v.maxLength(100_000)),
});
export type OwnText = v.InferOutput<typeof ownTextSchema>;

/** One part of a report: one of {@link REPORT_SECTIONS}, or text of the person's own. */
export const partSchema = v.union(
  [v.picklist(SECTION_IDS), ownTextSchema],
  `one of ${SECTION_IDS.join(', ')}, or { "title", "text" }`,
);
export type ReportPart = v.InferOutput<typeof partSchema>;
export const partsSchema = v.pipe(
  v.array(partSchema),
  v.minLength(1, 'at least one part'),
  v.maxLength(MOST_PARTS),
  v.check((parts) => {
    const ids = parts.filter((part) => typeof part === 'string');
    return new Set(ids).size === ids.length;
  }, 'each part once'),
);

export const templateNameSchema = v.pipe(v.string(), v.trim(), v.nonEmpty('a name'), v.maxLength(80));

/** A choice of parts that is kept: for the next report, or for others. */
export const templateSchema = v.strictObject({
  format: v.literal(TEMPLATE_FORMAT),
  name: templateNameSchema,
  parts: partsSchema,
});
export type ReportTemplate = v.InferOutput<typeof templateSchema>;

/** The parts of a report that nobody chose for. */
export const STANDARD_PARTS: readonly ReportPart[] = [...SECTION_IDS];

/** Sheets of paper for PDF. */
export const PAPERS = ['A4', 'Letter'] as const;
export type Paper = (typeof PAPERS)[number];

/** Forms a report takes. */
export const REPORT_FORMATS = ['html', 'pdf', 'md'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** A cell of a table; numbers are aligned right. */
export interface Cell {
  readonly text: string;
  readonly number: boolean;
}

/** A vector figure: complete SVG markup, and the same said in words. */
export interface Figure {
  readonly svg: string;
  readonly caption: string;
}

export type Block =
  | { readonly type: 'paragraph'; readonly text: string }
  /** What a reader must know before believing the figures. */
  | { readonly type: 'warning'; readonly title: string; readonly items: readonly string[] }
  | { readonly type: 'list'; readonly items: readonly string[] }
  | {
      readonly type: 'table';
      readonly caption: string;
      readonly head: readonly Cell[];
      readonly rows: readonly (readonly Cell[])[];
    }
  | { readonly type: 'figure'; readonly figure: Figure }
  | { readonly type: 'code'; readonly title: string; readonly text: string };

export interface Section {
  /** Which of the parts it is; null for text of the person's own. */
  readonly part: SectionId | null;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A report before it takes a form: every format writes the same sections. */
export interface Report {
  readonly title: string;
  readonly question: string;
  readonly madeAt: string;
  readonly sections: readonly Section[];
}
