/**
 * What a run records. An event is one row of eleven columns; the meaning of `address`, `a`, `b` and
 * `c` depends on its kind and is said in {@link EVENT_KINDS}. Batches travel as typed arrays.
 */
export interface EventBatch {
  /** Index in the run of the batch's first event. */
  readonly first: number;
  readonly count: number;
  /** Start, ps of simulated time (recordings: ps since the first event). Never decreases along a lane's own thread of work. */
  readonly time: Float64Array;
  /**
   * Duration in ps; 0 for a mark. What a fault's handler does (a folio added, blocks reserved, a page dirtied) lasts as
   * long as that step of the handler.
   */
  readonly duration: Float64Array;
  /** Index into the run's lanes. */
  readonly lane: Uint16Array;
  readonly kind: Uint8Array;
  /** Virtual address, file page, sector or value, as the kind says. */
  readonly address: Float64Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
  /** Index in the run of the event that caused this one, -1 when none is known. */
  readonly cause: Int32Array;
}

/** Columns of a batch besides `first` and `count`, in the order in which they are stored. */
export const EVENT_COLUMNS = ['time', 'duration', 'lane', 'kind', 'address', 'a', 'b', 'c', 'cause'] as const;
export type EventColumn = (typeof EVENT_COLUMNS)[number];

/** A horizontal track of the timeline. */
export interface Lane {
  readonly name: string;
  readonly group: LaneGroup;
  /** A counter's own limits: what the kernel does depends on which of them it is below. Lowest first. */
  readonly watermarks?: readonly Watermark[];
}

/** A value of a counter at which the kernel acts. */
export interface Watermark {
  readonly name: string;
  readonly value: number;
}
export const LANE_GROUPS = [
  'thread',
  'fault',
  'policy',
  'page-cache',
  'reclaim',
  'writeback',
  'journal',
  'block',
  'disk',
  'counter',
] as const;
export type LaneGroup = (typeof LANE_GROUPS)[number];

/** Numbers of the kinds, for the emulator's hot paths. The names are the keys of {@link EVENT_KINDS}. */
export const EventKind = {
  step: 0,
  readFault: 1,
  writeFault: 2,
  writeProtectFault: 3,
  sigbus: 4,
  ioWait: 5,
  faultAround: 6,
  readahead: 7,
  folioAdded: 8,
  folioDirtied: 9,
  folioCleaned: 10,
  folioRemoved: 11,
  blocksReserved: 12,
  blocksInstantiated: 13,
  blocksFreed: 14,
  writeback: 15,
  io: 16,
  journalCommit: 17,
  throttle: 18,
  directReclaim: 19,
  kswapd: 20,
  lockWait: 21,
  shootdown: 22,
  copyOnWrite: 23,
  dataLost: 24,
  counter: 25,
  phase: 26,
  deadlock: 27,
  livelock: 28,
  syscall: 29,
  diskPart: 30,
  note: 31,
  mapped: 32,
  unmapped: 33,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

/** How a kind reads: for hover texts, tables, exports. Empty names mean the column is unused. */
export interface EventKindInfo {
  readonly name: string;
  /** For people. */
  readonly label: string;
  /** What `address` is. */
  readonly address: '' | 'virtual address' | 'file page' | 'sector' | 'value';
  readonly a: string;
  readonly b: string;
  readonly c: string;
}

const info = (
  name: keyof typeof EventKind,
  label: string,
  address: EventKindInfo['address'] = '',
  a = '',
  b = '',
  c = '',
): EventKindInfo => ({ name, label, address, a, b, c });

/** Indexed by {@link EventKind}. */
export const EVENT_KINDS: readonly EventKindInfo[] = [
  info('step', 'step', '', 'thread', 'step', 'iteration'),
  info('readFault', 'read fault', 'virtual address', 'thread', 'step', 'outcome'),
  info('writeFault', 'write fault', 'virtual address', 'thread', 'step', 'outcome'),
  info('writeProtectFault', 'write-protect fault', 'virtual address', 'thread', 'step', 'outcome'),
  info('sigbus', 'SIGBUS', 'virtual address', 'thread', 'step', 'reason'),
  info('ioWait', 'I/O wait', 'file page', 'thread', 'awaited', ''),
  info('faultAround', 'fault-around', 'file page', 'file', 'pages mapped', 'within pages'),
  info('readahead', 'readahead', 'file page', 'file', 'pages', 'folio order'),
  info('folioAdded', 'folio added', 'file page', 'file', 'pages', ''),
  info('folioDirtied', 'folio dirtied', 'file page', 'file', 'pages', ''),
  info('folioCleaned', 'folio cleaned', 'file page', 'file', 'pages', ''),
  info('folioRemoved', 'folio removed', 'file page', 'file', 'pages', 'why'),
  info('blocksReserved', 'blocks reserved', 'file page', 'file', 'KiB', ''),
  info('blocksInstantiated', 'blocks instantiated', 'file page', 'file', 'KiB', 'first block'),
  info('blocksFreed', 'blocks freed', 'file page', 'file', 'KiB', 'first block'),
  info('writeback', 'writeback', 'file page', 'file', 'pages', 'why'),
  info('io', 'I/O request', 'sector', 'sectors', 'operation and cause', 'queued (ns)'),
  info('journalCommit', 'journal commit', '', 'blocks', '', ''),
  info('throttle', 'dirty throttling', '', 'thread', 'dirty pages', 'limit'),
  info('directReclaim', 'direct reclaim', '', 'thread', 'pages scanned', 'pages reclaimed'),
  info('kswapd', 'kswapd', '', '', 'pages scanned', 'pages reclaimed'),
  info('lockWait', 'lock wait', 'file page', 'thread', 'lock', 'owner'),
  info('shootdown', 'TLB shootdown', 'virtual address', 'core', 'pages', ''),
  info('copyOnWrite', 'copy on write', 'virtual address', 'thread', 'step', ''),
  info('dataLost', 'data lost', 'file page', 'file', 'bytes', ''),
  info('counter', 'counter', 'value', 'counter', '', ''),
  info('phase', 'phase', '', 'phase', '', ''),
  info('deadlock', 'deadlock', '', 'thread', '', ''),
  info('livelock', 'livelock', '', 'thread', 'retries', ''),
  info('syscall', 'system call', 'file page', 'thread', 'call', 'result'),
  info('diskPart', 'disk', 'sector', 'part', 'request', ''),
  info('note', 'note', '', '', '', ''),
  info('mapped', 'mapping made', 'virtual address', 'file', 'first page', 'pages'),
  info('unmapped', 'pages unmapped', 'virtual address', 'file', 'first page', 'pages'),
];

/** Outcomes of a fault, argument `c`. A hole that is not cached counts as major though no I/O is done. */
export const FAULT_OUTCOMES = ['minor', 'major', 'SIGBUS'] as const;

/** Operations of an I/O request: low 4 bits of its argument `b`; the cause is in the bits above. */
export const IO_OPERATIONS = ['read', 'write', 'flush', 'discard'] as const;
/** Why an I/O request was made. */
export const IO_CAUSES = [
  'other',
  'read',
  'readahead',
  'writeback',
  'sync',
  'reclaim',
  'zeroing',
  'metadata',
  'journal',
] as const;

/** What a lock wait waits for, argument `b` of `lockWait`. */
export const LOCKS = ['folio lock', 'inode lock', 'free frames', 'reservation', 'journal'] as const;

/** What an I/O wait waits for, argument `b` of `ioWait`. */
export const AWAITED = ['the disk', 'the read of the page', 'the write of the page'] as const;

/** Sampled counters, argument `a` of `counter`; `address` is the value after the change. */
export const COUNTERS = [
  'cached pages',
  'dirty pages',
  'pages under writeback',
  'free frames',
  'queued requests',
  'requests in flight',
  'instantiated KiB',
  'reserved KiB',
] as const;
