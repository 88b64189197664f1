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

/* What each field means, for whoever writes one: it goes into the JSON Schema, and from there into editors. */
const size = (means: string) =>
  v.pipe(v.string(), v.description(means), v.examples(['4 KiB', '64 KiB', '1 MiB', '16 MiB', '1 GiB']), sizeSchema);
const time = (means: string) =>
  v.pipe(v.string(), v.description(means), v.examples(['100 us', '10 ms', '1 s', '30 s']), timeSchema);
const word = (means: string) => v.pipe(v.string(), v.description(means));
const name = (means: string) => v.pipe(nameSchema, v.description(means));
const flag = (means: string) => v.pipe(v.boolean(), v.description(means));
const count = (means: string) => v.pipe(countSchema, v.description(means));
const share = (means: string) => v.pipe(shareSchema, v.description(means));
/** A document of the library by its id, or the document itself. */
const referenceSchema = v.union(
  [v.pipe(v.string(), v.nonEmpty()), v.looseObject({ format: v.string() })],
  'the id of a document, or a document',
);
export type Reference = v.InferOutput<typeof referenceSchema>;

const CHOICES: readonly PolicyChoice[] = ['native', ...POLICY_IDS];
const choiceSchema = v.picklist(CHOICES, `one of ${CHOICES.join(', ')}`);

/** Order in which an access step visits its slots. */
const order = <K extends string>(kind: K, means: string) => ({ kind: v.pipe(v.literal(kind), v.description(means)) });
export const patternSchema = v.variant('kind', [
  v.strictObject(order('sequential', 'Slot after slot; begins again behind the last.')),
  v.strictObject(order('random', 'Each access draws a slot, all alike.')),
  v.strictObject(order('chase', 'Every slot once in a scattered order, each access waiting for the one before.')),
  v.strictObject({
    ...order('zipf', 'Few slots get most accesses: the n-th gets a share of 1 / n to the power of the skew.'),
    skew: v.pipe(v.number(), v.minValue(0.1), v.maxValue(5), v.description('How uneven: 0.99 is usual, 0.1 to 5.')),
  }),
  v.strictObject({
    ...order('hot-cold', 'A share of the accesses goes to a hot range at the beginning, the rest elsewhere.'),
    hotShare: share('Share of accesses that go to the hot range, 0 to 1.'),
    hotLength: size('Length of the hot range.'),
  }),
  v.strictObject({
    ...order('trace', 'Recorded accesses, one after the other.'),
    accesses: v.pipe(
      v.array(v.strictTuple([v.pipe(v.number(), v.integer(), v.minValue(0)), v.picklist(['r', 'w'])])),
      v.minLength(1),
      v.description('Byte offsets from `from`, and whether each is a load (r) or a store (w).'),
    ),
  }),
]);
export type Pattern = v.InferOutput<typeof patternSchema>;

const label = { name: v.optional(word('What the timeline and the tables call the step.')) };
const range = {
  from: v.optional(size('Where the range begins, from the beginning of the mapping or file.'), '0'),
  length: v.optional(size('Length of the range; by default to the end.')),
};
const ofMapping = { mapping: word('The mapping, by its name in `mappings`.') };
const ofFile = { file: word('The file, by its name in `files`.') };
const access = {
  ...label,
  ...range,
  ...ofMapping,
  pattern: v.optional(patternSchema, { kind: 'sequential' }),
  stride: v.optional(size('Distance from one slot to the next.'), '4 KiB'),
  at: v.optional(size('Where in its slot an access lands.'), '0'),
  width: v.optional(size('Bytes of one access: 1 B to 64 B.'), '1 B'),
  count: v.optional(count('Accesses; by default one a slot.')),
};
const ADVICE = ['normal', 'random', 'sequential'] as const;
const PROTECTION = ['read', 'read-write'] as const;
const chunk = { chunk: v.optional(size('Bytes of one call.'), '4 KiB') };
/** The kind of a step. */
const does = <K extends string>(kind: K, means: string) => ({ do: v.pipe(v.literal(kind), v.description(means)) });

const plainStepSchema = v.variant('do', [
  v.strictObject({ ...does('load', 'Loads through a mapping.'), ...access }),
  v.strictObject({
    ...does('store', 'Stores through a mapping.'),
    ...access,
    nonTemporal: v.optional(flag('Stores past the caches.'), false),
  }),
  v.strictObject({
    ...does('mixed', 'Loads and stores through a mapping, drawn by lot.'),
    ...access,
    storeShare: share('Share of accesses that store, 0 to 1.'),
  }),
  v.strictObject({ ...does('read', 'read(2), chunk by chunk.'), ...label, ...range, ...ofFile, ...chunk }),
  v.strictObject({ ...does('write', 'write(2), chunk by chunk.'), ...label, ...range, ...ofFile, ...chunk }),
  v.strictObject({ ...does('mmap', 'Maps a mapping whose `when` is `step`.'), ...label, ...ofMapping }),
  v.strictObject({ ...does('munmap', 'Unmaps a mapping.'), ...label, ...ofMapping }),
  v.strictObject({
    ...does('msync', 'msync(2): writes dirty pages of a mapping back.'),
    ...label,
    ...range,
    ...ofMapping,
    mode: v.optional(
      v.pipe(v.picklist(['sync', 'async']), v.description('sync waits until the pages are on the disk.')),
      'sync',
    ),
  }),
  v.strictObject({ ...does('fsync', 'fsync(2): writes a file and its metadata back.'), ...label, ...ofFile }),
  v.strictObject({
    ...does('fdatasync', 'fdatasync(2): writes a file back, and of its metadata what reading it needs.'),
    ...label,
    ...ofFile,
  }),
  v.strictObject({
    ...does('madvise', 'madvise(2): tells the kernel how a mapping will be used.'),
    ...label,
    ...range,
    ...ofMapping,
    advice: v.pipe(
      v.picklist([...ADVICE, 'populate-read', 'populate-write', 'dontneed']),
      v.description('populate-read and populate-write fault the range in, dontneed drops its pages.'),
    ),
  }),
  v.strictObject({
    ...does('fadvise', 'posix_fadvise(2): tells the kernel how a file will be read.'),
    ...label,
    ...ofFile,
    advice: v.picklist(ADVICE),
  }),
  v.strictObject({
    ...does('mprotect', 'mprotect(2): changes what a mapping allows.'),
    ...label,
    ...range,
    ...ofMapping,
    protection: v.picklist(PROTECTION),
  }),
  v.strictObject({
    ...does('truncate', 'ftruncate(2): makes a file shorter or longer.'),
    ...label,
    ...ofFile,
    size: size('Size of the file afterwards.'),
  }),
  v.strictObject({
    ...does('punch', 'fallocate(2): punches a hole into a file.'),
    ...label,
    ...ofFile,
    from: size('Where the hole begins.'),
    length: size('Length of the hole.'),
  }),
  v.strictObject({ ...does('sleep', 'Waits.'), ...label, time: time('How long.') }),
  v.strictObject({
    ...does('barrier', 'Waits for all threads that name the same barrier.'),
    ...label,
    barrier: name('Name of the barrier.'),
  }),
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

export const stepSchema: v.GenericSchema<unknown, Step> = v.lazy(() => anyStepSchema);
const stepsSchema = v.pipe(v.array(stepSchema), v.minLength(1, 'at least one step'));
const loopSchema = v.strictObject({
  ...does('loop', 'Repeats the steps inside.'),
  ...label,
  times: count('How often.'),
  steps: stepsSchema,
});
const forkSchema = v.strictObject({
  ...does('fork', 'Forks: the child gets copies of the mappings, runs the steps inside and exits; the parent goes on.'),
  ...label,
  steps: stepsSchema,
});
const anyStepSchema = v.variant(
  'do',
  [...plainStepSchema.options, loopSchema, forkSchema],
  `one of ${STEP_KINDS.join(', ')}`,
);

const extentSchema = v.strictObject({
  at: size('Where in the file the extent begins.'),
  length: size('Length of the extent.'),
  state: v.optional(
    v.pipe(v.picklist(['written', 'unwritten']), v.description('unwritten: blocks are there and read as zeroes.')),
    'written',
  ),
});
const fileSchema = v.strictObject({
  name: name('What mappings and steps call the file.'),
  size: size('Size of the file, holes included.'),
  extents: v.optional(
    v.pipe(v.array(extentSchema), v.description('What is allocated before the run; everything else is hole.')),
    [],
  ),
});
const mappingSchema = v.strictObject({
  name: name('What steps call the mapping.'),
  ...ofFile,
  offset: v.optional(size('Where in the file the mapping begins: a multiple of 4 KiB.'), '0'),
  length: v.optional(size('Length of the mapping; by default to the end of the file.')),
  sharing: v.optional(
    v.pipe(
      v.picklist(['shared', 'private']),
      v.description('shared: stores go to the file; private: the first store to a page copies it.'),
    ),
    'shared',
  ),
  protection: v.optional(v.picklist(PROTECTION), 'read-write'),
  advice: v.optional(v.pipe(v.picklist(ADVICE), v.description('madvise(2) for the whole mapping.')), 'normal'),
  populate: v.optional(flag('Faults every page in when it is mapped (MAP_POPULATE).'), false),
  when: v.optional(
    v.pipe(v.picklist(['start', 'step']), v.description('step: not mapped until an mmap step names it.')),
    'start',
  ),
});
const threadSchema = v.strictObject({ name: name('What the timeline calls the thread.'), steps: stepsSchema });

const listOf = <T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.minLength(1, 'at least one entry'));

/** The experiment document, as written. One run is made for each machine, kernel, file system and policy. */
export const experimentSchema = v.strictObject({
  format: v.literal(EXPERIMENT_FORMAT),
  name: v.pipe(v.string(), v.nonEmpty('a name'), v.description('What lists and reports call the experiment.')),
  question: v.optional(word('What the experiment asks, in a sentence or two.'), ''),
  seed: v.optional(
    v.pipe(
      v.number(),
      v.integer('a whole number'),
      v.minValue(0, 'a number of at least 0'),
      v.maxValue(2 ** 31 - 1),
      v.description('Where lots begin: the same seed gives the same run, byte for byte.'),
    ),
    1,
  ),
  machines: v.pipe(listOf(referenceSchema), v.description('Machines, by id or written out: one run for each.')),
  kernels: v.pipe(listOf(referenceSchema), v.description('Kernels, by id or written out: one run for each.')),
  filesystems: v.pipe(listOf(referenceSchema), v.description('File systems, by id or written out: one run for each.')),
  policies: v.optional(
    v.pipe(
      listOf(choiceSchema),
      v.description('Policies of the page fault: one run for each. native is what the file system does by itself.'),
    ),
    ['native'],
  ),
  memory: v.optional(size('Memory for the page cache and the program.'), '1 GiB'),
  reserve: v.optional(size('Frames that only reclaim may use; by default the kernel’s.')),
  cgroupLimit: v.optional(size('Limit of the memory control group that the threads run in.')),
  readAhead: v.optional(size('read_ahead_kb of the device; by default the kernel’s.')),
  freeSpace: v.optional(size('Free space of the file system; by default plenty.')),
  files: v.pipe(listOf(fileSchema), v.description('Files, with what is allocated of them before the run.')),
  mappings: v.optional(v.pipe(v.array(mappingSchema), v.description('Mappings of the files into memory.')), []),
  threads: v.pipe(listOf(threadSchema), v.description('Threads and what each does, step after step.')),
});
/** A validated experiment: sizes in bytes, times in picoseconds, defaults filled in. */
export type Experiment = v.InferOutput<typeof experimentSchema>;
export type ExperimentInput = v.InferInput<typeof experimentSchema>;
export type FileSpec = Experiment['files'][number];
export type MappingSpec = Experiment['mappings'][number];
export type ThreadSpec = Experiment['threads'][number];
