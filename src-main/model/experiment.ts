import * as v from 'valibot';
import { POLICY_IDS, type PolicyChoice } from '#model/policies';
import { sizeSchema, timeSchema } from '#model/units';

export const EXPERIMENT_FORMAT = 'faultline/experiment@1';

const nameSchema = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, 'a name of letters, digits, space, . _ or -'),
);
const countSchema = v.pipe(v.number(), v.integer('a whole number'), v.minValue(1, 'a number of at least 1'));
const shareSchema = v.pipe(v.number(), v.minValue(0, 'a share from 0 to 1'), v.maxValue(1, 'a share from 0 to 1'));
/** A document of the library by its id, or the document itself. */
const referenceSchema = v.union(
  [v.pipe(v.string(), v.nonEmpty()), v.looseObject({ format: v.string() })],
  'the id of a document, or a document',
);
export type Reference = v.InferOutput<typeof referenceSchema>;

const choiceSchema = v.pipe(
  v.string(),
  v.check(
    (id) => id === 'native' || (POLICY_IDS as readonly string[]).includes(id),
    `one of ${['native', ...POLICY_IDS].join(', ')}`,
  ),
  v.transform((id) => id as PolicyChoice),
);

/** Order in which an access step visits its slots. */
export const patternSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('sequential') }),
  v.strictObject({ kind: v.literal('random') }),
  v.strictObject({ kind: v.literal('chase') }),
  v.strictObject({ kind: v.literal('zipf'), skew: v.pipe(v.number(), v.minValue(0.1), v.maxValue(5)) }),
  v.strictObject({ kind: v.literal('hot-cold'), hotShare: shareSchema, hotLength: sizeSchema }),
  v.strictObject({
    kind: v.literal('trace'),
    /** Byte offsets from `from`, and whether each is a load (r) or a store (w). */
    accesses: v.pipe(
      v.array(v.strictTuple([v.pipe(v.number(), v.integer(), v.minValue(0)), v.picklist(['r', 'w'])])),
      v.minLength(1),
    ),
  }),
]);
export type Pattern = v.InferOutput<typeof patternSchema>;

const label = { name: v.optional(v.string()) };
const range = { from: v.optional(sizeSchema, '0'), length: v.optional(sizeSchema) };
const access = {
  ...label,
  ...range,
  mapping: v.string(),
  pattern: v.optional(patternSchema, { kind: 'sequential' }),
  /** Distance of the slots. */
  stride: v.optional(sizeSchema, '4 KiB'),
  /** Where in its slot an access lands. */
  at: v.optional(sizeSchema, '0'),
  width: v.optional(sizeSchema, '1 B'),
  /** Accesses; by default one a slot. */
  count: v.optional(countSchema),
};
const ADVICE = ['normal', 'random', 'sequential'] as const;
const PROTECTION = ['read', 'read-write'] as const;

const plainStepSchema = v.variant('do', [
  v.strictObject({ do: v.literal('load'), ...access }),
  v.strictObject({ do: v.literal('store'), ...access, nonTemporal: v.optional(v.boolean(), false) }),
  v.strictObject({ do: v.literal('mixed'), ...access, storeShare: shareSchema }),
  v.strictObject({
    do: v.literal('read'),
    ...label,
    ...range,
    file: v.string(),
    chunk: v.optional(sizeSchema, '4 KiB'),
  }),
  v.strictObject({
    do: v.literal('write'),
    ...label,
    ...range,
    file: v.string(),
    chunk: v.optional(sizeSchema, '4 KiB'),
  }),
  v.strictObject({ do: v.literal('mmap'), ...label, mapping: v.string() }),
  v.strictObject({ do: v.literal('munmap'), ...label, mapping: v.string() }),
  v.strictObject({
    do: v.literal('msync'),
    ...label,
    ...range,
    mapping: v.string(),
    mode: v.optional(v.picklist(['sync', 'async']), 'sync'),
  }),
  v.strictObject({ do: v.literal('fsync'), ...label, file: v.string() }),
  v.strictObject({ do: v.literal('fdatasync'), ...label, file: v.string() }),
  v.strictObject({
    do: v.literal('madvise'),
    ...label,
    ...range,
    mapping: v.string(),
    advice: v.picklist([...ADVICE, 'populate-read', 'populate-write', 'dontneed']),
  }),
  v.strictObject({ do: v.literal('fadvise'), ...label, file: v.string(), advice: v.picklist(ADVICE) }),
  v.strictObject({
    do: v.literal('mprotect'),
    ...label,
    ...range,
    mapping: v.string(),
    protection: v.picklist(PROTECTION),
  }),
  /** Shorter or longer than before: the same call. */
  v.strictObject({ do: v.literal('truncate'), ...label, file: v.string(), size: sizeSchema }),
  v.strictObject({ do: v.literal('punch'), ...label, file: v.string(), from: sizeSchema, length: sizeSchema }),
  v.strictObject({ do: v.literal('sleep'), ...label, time: timeSchema }),
  /** Waits for all threads that name the same barrier. */
  v.strictObject({ do: v.literal('barrier'), ...label, barrier: nameSchema }),
]);
export type PlainStep = v.InferOutput<typeof plainStepSchema>;

/** Repeats steps. */
export interface LoopStep {
  readonly do: 'loop';
  readonly name?: string | undefined;
  readonly times: number;
  readonly steps: readonly Step[];
}
/** Forks: the child gets copies of the mappings, runs `steps` and exits; the parent goes on. */
export interface ForkStep {
  readonly do: 'fork';
  readonly name?: string | undefined;
  readonly steps: readonly Step[];
}
export type Step = PlainStep | LoopStep | ForkStep;

const STEP_KINDS = [
  'load', 'store', 'mixed', 'read', 'write', 'mmap', 'munmap', 'msync', 'fsync', 'fdatasync', 'madvise', 'fadvise',
  'mprotect', 'truncate', 'punch', 'sleep', 'barrier', 'loop', 'fork',
] as const; // prettier-ignore

export const stepSchema: v.GenericSchema<unknown, Step> = v.lazy((input) => {
  const kind = typeof input === 'object' && input !== null && 'do' in input ? input.do : undefined;
  if (kind === 'loop') return loopSchema;
  if (kind === 'fork') return forkSchema;
  if ((STEP_KINDS as readonly unknown[]).includes(kind)) return plainStepSchema;
  return v.strictObject({
    do: v.picklist(STEP_KINDS, `one of ${STEP_KINDS.join(', ')}`),
  }) as unknown as v.GenericSchema<unknown, Step>;
});
const stepsSchema = v.pipe(v.array(stepSchema), v.minLength(1, 'at least one step'));
const loopSchema: v.GenericSchema<unknown, LoopStep> = v.strictObject({
  do: v.literal('loop'),
  ...label,
  times: countSchema,
  steps: stepsSchema,
});
const forkSchema: v.GenericSchema<unknown, ForkStep> = v.strictObject({
  do: v.literal('fork'),
  ...label,
  steps: stepsSchema,
});

const extentSchema = v.strictObject({
  at: sizeSchema,
  length: sizeSchema,
  state: v.optional(v.picklist(['written', 'unwritten']), 'written'),
});
const fileSchema = v.strictObject({
  name: nameSchema,
  size: sizeSchema,
  /** What is allocated before the run; everything else is hole. */
  extents: v.optional(v.array(extentSchema), []),
});
const mappingSchema = v.strictObject({
  name: nameSchema,
  file: v.string(),
  offset: v.optional(sizeSchema, '0'),
  /** By default to the end of the file. */
  length: v.optional(sizeSchema),
  sharing: v.optional(v.picklist(['shared', 'private']), 'shared'),
  protection: v.optional(v.picklist(PROTECTION), 'read-write'),
  advice: v.optional(v.picklist(ADVICE), 'normal'),
  populate: v.optional(v.boolean(), false),
  /** `step`: not mapped until an mmap step names it. */
  when: v.optional(v.picklist(['start', 'step']), 'start'),
});
const threadSchema = v.strictObject({ name: nameSchema, steps: stepsSchema });

const listOf = <T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.minLength(1, 'at least one entry'));

/** The experiment document, as written. One run is made for each machine, kernel, file system and policy. */
export const experimentSchema = v.strictObject({
  format: v.literal(EXPERIMENT_FORMAT),
  name: v.pipe(v.string(), v.nonEmpty('a name')),
  question: v.optional(v.string(), ''),
  seed: v.optional(
    v.pipe(v.number(), v.integer('a whole number'), v.minValue(0, 'a number of at least 0'), v.maxValue(2 ** 31 - 1)),
    1,
  ),
  machines: listOf(referenceSchema),
  kernels: listOf(referenceSchema),
  filesystems: listOf(referenceSchema),
  policies: v.optional(listOf(choiceSchema), ['native']),
  /** Memory for page cache and the program; by default 1 GiB. */
  memory: v.optional(sizeSchema, '1 GiB'),
  /** Frames that only reclaim may use; by default the kernel's. */
  reserve: v.optional(sizeSchema),
  /** Limit of the memory control group that the threads run in. */
  cgroupLimit: v.optional(sizeSchema),
  /** read_ahead_kb of the device; by default the kernel's. */
  readAhead: v.optional(sizeSchema),
  /** Free space of the file system; by default plenty. */
  freeSpace: v.optional(sizeSchema),
  files: listOf(fileSchema),
  mappings: v.optional(v.array(mappingSchema), []),
  threads: listOf(threadSchema),
});
/** A validated experiment: sizes in bytes, times in picoseconds, defaults filled in. */
export type Experiment = v.InferOutput<typeof experimentSchema>;
export type ExperimentInput = v.InferInput<typeof experimentSchema>;
export type FileSpec = Experiment['files'][number];
export type MappingSpec = Experiment['mappings'][number];
export type ThreadSpec = Experiment['threads'][number];
