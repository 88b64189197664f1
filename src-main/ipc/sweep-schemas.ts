import * as v from 'valibot';
import { VERDICTS } from '#model/metrics';
import { metricsSchema, operationIdSchema, problemSchema } from './schemas.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());

/** Files that results are written as. */
export const SWEEP_FILE_FORMATS = ['csv', 'parquet', 'svg', 'html'] as const;

export const sweepLookRequest = v.strictObject({
  /** The sweep's document. */
  document: v.unknown(),
  /** Path of the metric whose figures are wanted. */
  measure: v.pipe(v.string(), v.maxLength(200)),
});

const axisValue = v.union([v.string(), v.number(), v.boolean(), v.null(), v.array(v.unknown()), v.looseObject({})]);

/** What a sweep is, and what the library knows of its cells. */
export const sweepLookSchema = v.object({
  /** What is wrong with the document; the rest is empty then. */
  problem: v.nullable(problemSchema),
  axes: v.array(v.object({ field: v.string(), name: v.string(), values: v.array(axisValue) })),
  /** By number, the last axis first to change; null for cells that are not done. */
  cells: v.array(v.nullable(v.object({ run: v.string(), verdict: v.picklist(VERDICTS), value: v.nullable(finite) }))),
  /** Metrics that can be shown. */
  measures: v.array(v.string()),
  /** Cores of this computer: cells run at once at most. */
  cores: count,
});
export type SweepLook = v.InferOutput<typeof sweepLookSchema>;

export const sweepRunRequest = v.strictObject({
  operation: operationIdSchema,
  document: v.unknown(),
  jobs: v.pipe(count, v.minValue(1), v.maxValue(1024)),
});

export const sweepPauseRequest = v.strictObject({ operation: operationIdSchema, paused: v.boolean() });

export const sweepSaveRequest = v.strictObject({
  document: v.unknown(),
  measure: v.string(),
  format: v.picklist(SWEEP_FILE_FORMATS),
});

/** How a sweep under way stands. */
export const sweepProgressSchema = v.object({
  operation: operationIdSchema,
  done: count,
  total: count,
  /** Of the cells done, those that the library had before. */
  found: count,
  /** Of the work of this time, 0 to 1. */
  fraction: finite,
  remainingMs: v.nullable(finite),
  paused: v.boolean(),
  underWay: v.array(v.object({ cell: count, done: finite, total: finite })),
  /** Cells that ended since the last message. */
  ended: v.array(v.object({ cell: count, run: v.string(), verdict: v.picklist(VERDICTS), metrics: metricsSchema })),
});
export type SweepProgressMessage = v.InferOutput<typeof sweepProgressSchema>;
