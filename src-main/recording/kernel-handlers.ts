import { EventKind } from '#model/events';
import { IoOperation, parseRwbs, type Rwbs } from './block-requests.ts';
import type { KernelEvents } from './kernel-events.ts';
import { decimalAfter, decimalAt, hexAfter, hexAt, numberAfter, numberEnd, skipSpaces, wordEnd } from './text.ts';
import { NONE, Outcome, causeOf, faultKind, type Thread } from './threads.ts';

/**
 * What an event of the kernel means for the recording.
 * @param body its fields, as the kernel prints them
 * @param interrupt whether it happened in an interrupt: then the thread has nothing to do with it
 */
export type Handler = (k: KernelEvents, thread: Thread, time: number, body: string, interrupt: boolean) => void;

const PAGE = 4096;
/** User addresses of x86-64 and arm64 end below it. */
const USER_SPACE = 2 ** 56;
/** Block numbers from here on mean a delayed extent or a hole, not a place (XFS). */
const NO_BLOCK = 2 ** 51;

/** `dev 7:8`, `dev 254,0`, `dev=7:8`, `bdi 7:0`: major x 2^20 + minor, or -1. */
function deviceAt(body: string, from: number): number {
  const major = decimalAt(body, from);
  const separator = body.charCodeAt(numberEnd);
  if (major < 0 || (separator !== 44 && separator !== 58)) return -1;
  const minor = decimalAt(body, numberEnd + 1);
  return minor < 0 ? -1 : major * 2 ** 20 + minor;
}

/** Number of the file that the page cache's events name: inode in hexadecimal. */
function cacheFile(k: KernelEvents, body: string): number {
  const device = deviceAt(body, 4);
  const at = body.indexOf('ino');
  const inode = at < 0 ? -1 : hexAt(body, at + 4);
  if (device < 0 || inode < 0) badBody(k, body);
  return k.files.file(device, inode);
}

/** Number of the file that a file system's events name. */
function fileOf(k: KernelEvents, body: string): number {
  const at = body.startsWith('dev ') || body.startsWith('bdi ') ? 4 : -1;
  const inode = inodeIn(body);
  if (inode < 0) badBody(k, body);
  const device = at < 0 ? -1 : deviceAt(body, at);
  if (device < 0) return k.files.anonymous(inode);
  return body.startsWith('bdi ') ? k.files.backed(device, inode) : k.files.file(device, inode);
}

function inodeIn(body: string): number {
  const spaced = numberAfter(body, 'ino ', 0);
  return spaced >= 0 ? spaced : numberAfter(body, 'ino=', 0);
}

function badBody(k: KernelEvents, body: string): never {
  return k.context.fail(
    `the event's fields are not understood: "${body.slice(0, 80)}"`,
    'the fields as the kernel prints them: not raw ones (report -R, the option fields)',
  );
}

function required(k: KernelEvents, value: number, body: string): number {
  return value >= 0 ? value : badBody(k, body);
}

interface BlockFields {
  readonly device: number;
  readonly rwbs: Rwbs;
  readonly sector: number;
  readonly sectors: number;
}

/** Sectors of the largest disk and request that make sense. */
const MOST_SECTORS = 2 ** 53;
const MOST_REQUEST_SECTORS = 2 ** 32;

/** `254,0 WS 65536 () 81662208 + 128 be,0,4 [wl]` and its variants. */
function blockFields(k: KernelEvents, body: string): BlockFields {
  const device = deviceAt(body, 0);
  const lettersAt = skipSpaces(body, numberEnd);
  const lettersEnd = wordEnd(body, lettersAt);
  const rwbs = parseRwbs(body.slice(lettersAt, lettersEnd));
  const plus = body.indexOf(' + ', lettersEnd);
  if (device < 0 || rwbs === null || plus < 0) badBody(k, body);
  const sector = decimalAt(body, body.lastIndexOf(' ', plus - 1) + 1);
  const sectors = decimalAt(body, plus + 3);
  if (sector < 0 || sectors < 0) badBody(k, body);
  k.context.within(sectors, 0, MOST_REQUEST_SECTORS, 'the number of sectors');
  // An empty flush has the sector 2^64 - 1.
  if (sectors > 0) k.context.within(sector, 0, MOST_SECTORS, 'the sector');
  return { device, rwbs, sector, sectors };
}

function pageFault(k: KernelEvents, thread: Thread, time: number, body: string): void {
  const error = required(k, numberAfter(body, 'error_code=', 0), body);
  const address = k.context.within(Math.max(0, hexAfter(body, 'address=0x', 0)), 0, 2 ** 64, 'the address');
  if (address >= USER_SPACE) {
    k.context.leftAside.add("faults on the kernel's own addresses");
    return;
  }
  k.fault(thread, time, faultKind(error), address);
}

/** A page was added to the cache: the fault that looked for it did not find it. */
function pageAdded(k: KernelEvents, thread: Thread, time: number, body: string): void {
  const file = cacheFile(k, body);
  const page = Math.floor(required(k, decimalAfter(body, 'ofs=', 0), body) / PAGE);
  const order = k.context.within(Math.max(0, decimalAfter(body, 'order=', 0)), 0, 20, 'the order');
  const { fault } = thread;
  if (fault !== null && fault.file === file && fault.filePage >= page && fault.filePage < page + 2 ** order)
    fault.outcome = Outcome.major;
  k.files.added(file, page, order);
  k.context.recording.add(EventKind.folioAdded, k.pageCache, time, 0, page, file, 2 ** order, 0, causeOf(thread));
  k.context.taken.add('folios added to the page cache');
  k.touch(thread, time);
}

function pageRemoved(k: KernelEvents, thread: Thread, time: number, body: string): void {
  const file = cacheFile(k, body);
  const page = Math.floor(required(k, decimalAfter(body, 'ofs=', 0), body) / PAGE);
  const order = decimalAfter(body, 'order=', 0);
  const known = k.files.removed(file, page);
  k.context.recording.add(
    EventKind.folioRemoved, k.pageCache, time, 0, page, file, order > 0 ? 2 ** Math.min(order, 20) : known, 0, causeOf(thread),
  ); // prettier-ignore
  k.context.taken.add('folios removed from the page cache');
  k.touch(thread, time);
}

function filemapFault(k: KernelEvents, thread: Thread, time: number, body: string): void {
  k.sawFilemap = true;
  const file = cacheFile(k, body);
  const page = Math.floor(required(k, decimalAfter(body, 'ofs=', 0), body) / PAGE);
  if (thread.fault !== null) {
    thread.fault.file = file;
    thread.fault.filePage = page;
  }
  k.context.taken.add('look-ups of a page in a fault');
  k.touch(thread, time);
}

function mapPages(k: KernelEvents, thread: Thread, time: number, body: string): void {
  const file = cacheFile(k, body);
  const from = required(k, decimalAfter(body, 'ofs=', 0), body);
  const to = body.charCodeAt(numberEnd) === 45 ? decimalAt(body, numberEnd + 1) : from;
  const pages = Math.max(1, Math.floor((to - from + 1) / PAGE));
  k.context.recording.add(
    EventKind.faultAround, k.pageCache, time, 0, Math.floor(from / PAGE), file, pages, pages, causeOf(thread),
  ); // prettier-ignore
  k.context.taken.add('fault-around');
  k.touch(thread, time);
}

function dirtyFolio(k: KernelEvents, thread: Thread, time: number, body: string): void {
  const file = fileOf(k, body);
  const page = required(k, decimalAfter(body, 'index=', 0), body);
  const { recording, taken } = k.context;
  const event = recording.add(EventKind.folioDirtied, k.pageCache, time, 0, page, file, 1, 0, causeOf(thread));
  const pages = k.files.dirtied(file, page, event);
  if (pages > 1) recording.setB(event, pages);
  for (let i = 0; i < pages; i++) recording.dirtied.add(k.files.key(file, page + i));
  recording.counts.dirtyPages += pages;
  taken.add('folios dirtied');
  k.touch(thread, time);
}

function readahead(k: KernelEvents, thread: Thread, time: number, body: string): void {
  const file = fileOf(k, body);
  const pages = decimalAfter(body, 'nr_pages ', 0);
  const page = thread.fault?.filePage ?? 0;
  k.context.recording.add(
    EventKind.readahead, k.pageCache, time, 0, Math.max(0, page), file, Math.max(1, pages), 0, causeOf(thread),
  ); // prettier-ignore
  k.context.taken.add('readahead');
  k.touch(thread, time);
}

/** XFS tells offset, bytes, block offset and first block of an extent. */
function xfsExtent(k: KernelEvents, thread: Thread, time: number, body: string, written: boolean): void {
  k.filesystem = 'xfs';
  const file = fileOf(k, body);
  const offset = hexAfter(body, 'pos 0x', 0);
  const startoff = hexAfter(body, 'startoff 0x', 0);
  const blocks = required(k, hexAfter(body, 'fsbcount 0x', 0), body);
  const block = hexAfter(body, 'startblock 0x', 0);
  // The offset in bytes over the offset in blocks is the block size, where the extent begins at the offset.
  if (startoff > 0 && offset > 0 && offset % startoff === 0 && isPowerOfTwo(offset / startoff))
    k.xfsBlockKiB = offset / startoff / 1024;
  const KiB = blocks * k.xfsBlockKiB;
  const page = Math.floor(Math.max(0, startoff) * (k.xfsBlockKiB / 4));
  if (!written && block >= NO_BLOCK) k.reserved(thread, time, file, page, KiB);
  else k.instantiated(thread, time, file, page, KiB, block >= NO_BLOCK ? NONE : block);
}

function isPowerOfTwo(value: number): boolean {
  return value >= 512 && value <= 65_536 && (value & (value - 1)) === 0;
}

function ext4Reserve(k: KernelEvents, thread: Thread, time: number, body: string): void {
  k.filesystem = 'ext4';
  const file = fileOf(k, body);
  const blocks = decimalAfter(body, 'reserve_blocks ', 0);
  const page = thread.fault?.filePage ?? NONE;
  thread.reservation = k.reserved(thread, time, file, Math.max(0, page), Math.max(1, blocks) * k.ext4BlockKiB);
}

/** Tells the place of the reservation before it: `es [16/1) mapped 0 status D`. */
function ext4Delayed(k: KernelEvents, thread: Thread, time: number, body: string): void {
  k.filesystem = 'ext4';
  const file = fileOf(k, body);
  const block = required(k, decimalAfter(body, 'es [', 0), body);
  const blocks = Math.max(1, decimalAt(body, numberEnd + 1));
  const page = Math.floor((block * k.ext4BlockKiB) / 4);
  if (thread.reservation >= 0) k.context.recording.setAddress(thread.reservation, page);
  else k.reserved(thread, time, file, page, blocks * k.ext4BlockKiB);
  thread.reservation = NONE;
  k.touch(thread, time);
}

function ext4Allocate(k: KernelEvents, thread: Thread, time: number, body: string): void {
  k.filesystem = 'ext4';
  const file = fileOf(k, body);
  const blocks = required(k, decimalAfter(body, ' len ', 0), body);
  const page = Math.floor((Math.max(0, decimalAfter(body, ' lblk ', 0)) * k.ext4BlockKiB) / 4);
  if (!body.includes('HINT_DATA')) k.context.leftAside.add("allocations of the file system's own blocks");
  else k.instantiated(thread, time, file, page, blocks * k.ext4BlockKiB, decimalAfter(body, ' block ', 0));
}

/** `i_blocks 8 used_blocks 1 ...`, seen twice in a row, tells the block size: i_blocks counts 512 bytes. */
function ext4Used(k: KernelEvents, thread: Thread, time: number, body: string): void {
  k.context.leftAside.add('events ext4_da_update_reserve_space');
  k.filesystem = 'ext4';
  required(k, decimalAfter(body, 'i_blocks ', 0), body);
  k.touch(thread, time);
}

function freeBlocks(k: KernelEvents, thread: Thread, time: number, body: string): void {
  k.filesystem = 'ext4';
  const file = fileOf(k, body);
  const KiB = required(k, decimalAfter(body, ' count ', 0), body) * k.ext4BlockKiB;
  k.context.recording.add(
    EventKind.blocksFreed, k.policy, time, 0, 0, file, KiB, decimalAfter(body, ' block ', 0), causeOf(thread),
  ); // prettier-ignore
  k.context.taken.add('blocks freed');
}

function beginSync(k: KernelEvents, thread: Thread, time: number, body: string, filesystem: string): void {
  k.filesystem = filesystem;
  k.endFault(thread);
  if (thread.call >= 0) {
    thread.callIsSync = true;
    return;
  }
  k.beginCall(thread, time, /datasync[ =]1/.test(body) ? 'fdatasync' : 'fsync', 0, true);
}

function btrfsReserve(k: KernelEvents, thread: Thread, time: number, body: string): void {
  k.filesystem = 'btrfs';
  if (!body.includes('(DATA')) {
    k.context.leftAside.add("allocations of the file system's own blocks");
    return;
  }
  const bytes = required(k, decimalAfter(body, ' len=', 0), body);
  const file = thread.writeback >= 0 ? k.lastFile : 0;
  k.instantiated(thread, time, file, k.lastPage, bytes / 1024, Math.floor(decimalAfter(body, ' start=', 0) / PAGE));
}

/** `sys_enter_msync`, `sys_exit_msync`, and `sys_msync(...)`, `sys_msync -> 0x0` of the syscall tracer. */
export function systemCall(k: KernelEvents, thread: Thread, time: number, name: string, body: string): void {
  if (name.startsWith('sys_exit_') || body.startsWith('-> ')) {
    const at = body.startsWith('-> ') ? 3 : 0;
    const result = numberAfter(body.slice(at).trim(), '', 0);
    // Errors come back as the largest numbers of 64 bits.
    k.endCall(thread, time, result > 2 ** 63 ? 2 ** 64 - result : 0);
    return;
  }
  const call = name.startsWith('sys_enter_') ? name.slice(10) : name.slice(4);
  k.beginCall(thread, time, call, 0, call === 'msync' || call === 'fsync' || call === 'fdatasync' || call === 'sync');
}

/** Marks of Android's atrace: beginnings, ends, counters of its own; by the thousand, and none a phase. */
const ATRACE = /^(?:[BCFGHINST]\|\d+(?:\||$)|E(?:\||$)|trace_event_clock_sync:)/;

/** A mark that the program wrote into the trace. */
function mark(k: KernelEvents, thread: Thread, time: number, body: string): void {
  if (ATRACE.test(body)) {
    k.context.leftAside.add('marks of atrace');
    return;
  }
  k.endFault(thread);
  if (thread.callIsSync) k.endCall(thread, time, 0);
  if (body.startsWith('MAP ')) {
    const base = hexAfter(body, 'base=0x', 0);
    const length = decimalAfter(body, 'len=', 0);
    const at = body.indexOf('dev=');
    const device = at < 0 ? -1 : deviceAt(body, at + 4);
    const inode = decimalAfter(body, 'ino=', 0);
    if (base >= 0 && length > 0 && device >= 0 && inode >= 0) {
      const file = k.files.file(device, inode);
      k.files.map(base, length, file);
      const pages = Math.min(Math.ceil(length / PAGE), 0x7fffffff);
      k.context.recording.add(EventKind.mapped, thread.lane, time, 0, base, file, 0, pages, NONE);
      k.context.taken.add('mappings told by the program');
      return;
    }
  }
  k.phases.mark(time, thread, body);
}

/** The events that are understood, by their names without the subsystem's. */
export const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['page_fault_user', pageFault],
  ['page_fault_kernel', pageFault],
  ['mm_filemap_add_to_page_cache', pageAdded],
  ['mm_filemap_delete_from_page_cache', pageRemoved],
  ['mm_filemap_fault', filemapFault],
  ['mm_filemap_map_pages', mapPages],
  ['writeback_dirty_folio', dirtyFolio],
  ['writeback_dirty_page', dirtyFolio],
  ['iomap_readahead', readahead],
  ['page_cache_ra_unbounded', readahead],
  ['xfs_iomap_alloc', (k, t, time, body) => xfsExtent(k, t, time, body, false)],
  ['xfs_map_blocks_alloc', (k, t, time, body) => xfsExtent(k, t, time, body, true)],
  ['ext4_da_reserve_space', ext4Reserve],
  ['ext4_es_insert_delayed_extent', ext4Delayed],
  ['ext4_es_insert_delayed_block', ext4Delayed],
  ['ext4_allocate_blocks', ext4Allocate],
  ['ext4_da_update_reserve_space', ext4Used],
  ['ext4_free_blocks', freeBlocks],
  ['btrfs_reserve_extent', btrfsReserve],
  ['ext4_sync_file_enter', (k, t, time, body) => beginSync(k, t, time, body, 'ext4')],
  ['xfs_file_fsync', (k, t, time, body) => beginSync(k, t, time, body, 'xfs')],
  ['btrfs_sync_file', (k, t, time, body) => beginSync(k, t, time, body, 'btrfs')],
  ['ext4_sync_file_exit', (k, t, time, body) => k.endCall(t, time, Math.max(0, decimalAfter(body, 'ret ', 0)))],
  [
    'iomap_writeback_folio',
    (k, t, time, body) => {
      const length = required(k, hexAfter(body, 'length 0x', 0), body);
      const page = Math.floor(Math.max(0, hexAfter(body, 'offset 0x', 0)) / PAGE);
      k.writesBack(t, time, fileOf(k, body), page, Math.max(1, Math.floor(length / PAGE)));
    },
  ],
  [
    'iomap_writepage',
    (k, t, time, body) => {
      const file = fileOf(k, body);
      const page = Math.floor(Math.max(0, hexAfter(body, 'offset 0x', 0)) / PAGE);
      k.writesBack(t, time, file, page, k.files.pages(file, page));
    },
  ],
  [
    'extent_writepage',
    (k, t, time, body) => {
      const file = fileOf(k, body);
      const page = required(k, decimalAfter(body, 'page_index=', 0), body);
      k.lastFile = file;
      k.lastPage = page;
      k.filesystem = 'btrfs';
      k.writesBack(t, time, file, page, k.files.pages(file, page));
    },
  ],
  [
    'ext4_writepages',
    (k, t, time, body) => {
      const file = fileOf(k, body);
      k.filesystem = 'ext4';
      t.writeback = k.context.recording.add(
        EventKind.writeback, k.writeback, time, 0, 0, file, 0, t.callIsSync ? 1 : 0, t.call,
      ); // prettier-ignore
      k.context.taken.add('writeback passes over a file');
    },
  ],
  [
    'ext4_writepages_result',
    (k, t, time, body) => {
      const pages = Math.max(0, decimalAfter(body, 'pages_written ', 0));
      if (t.writeback >= 0) {
        k.context.recording.setEnd(t.writeback, time);
        k.context.recording.setB(t.writeback, pages);
      }
      k.clean(time, fileOf(k, body), 0, pages, t.writeback);
      t.writeback = NONE;
    },
  ],
  [
    'block_bio_queue',
    (k, t, time, body) => {
      const { device, rwbs, sector, sectors } = blockFields(k, body);
      if (t.fault !== null && rwbs.operation === IoOperation.read) t.fault.read = true;
      k.blocks.queue(time, device, rwbs, sector, sectors, causeOf(t), k.ioCause(t, rwbs));
      k.touch(t, time);
    },
  ],
  ['block_bio_backmerge', merged],
  ['block_bio_frontmerge', merged],
  [
    'block_rq_insert',
    (k, _t, time, body) => {
      const { device, sector } = blockFields(k, body);
      k.blocks.insert(time, device, sector);
    },
  ],
  [
    'block_rq_issue',
    (k, t, time, body, interrupt) => {
      const { device, rwbs, sector, sectors } = blockFields(k, body);
      if (!interrupt && t.fault !== null && rwbs.operation === IoOperation.read) t.fault.read = true;
      k.blocks.issue(time, device, rwbs, sector, sectors, interrupt ? NONE : causeOf(t), k.ioCause(t, rwbs));
      if (!interrupt) k.touch(t, time);
    },
  ],
  [
    'block_rq_complete',
    (k, _t, time, body) => {
      const { device, rwbs, sector, sectors } = blockFields(k, body);
      k.blocks.complete(time, device, rwbs, sector, sectors);
    },
  ],
  [
    'block_rq_requeue',
    (k, _t, _time, body) => {
      const { device, sector } = blockFields(k, body);
      k.blocks.requeue(device, sector);
    },
  ],
  [
    'tlb_flush',
    (k, t, time, body) => {
      if (body.includes('task switch')) {
        k.context.leftAside.add('TLB flushes of task switches');
        return;
      }
      const pages = decimalAfter(body, 'pages:', 0);
      k.context.recording.add(EventKind.shootdown, t.lane, time, 0, 0, 0, Math.max(-1, pages), 0, causeOf(t));
      k.context.taken.add('TLB flushes');
      k.touch(t, time);
    },
  ],
  [
    'mm_vmscan_direct_reclaim_begin',
    (k, t, time) => {
      const { recording, taken } = k.context;
      // Its own stall; the lane of reclaim shows those of all threads.
      recording.lane('reclaim', 'reclaim');
      t.reclaim = recording.add(EventKind.directReclaim, t.lane, time, 0, 0, t.number, 0, 0, causeOf(t));
      recording.counts.directReclaims++;
      taken.add('direct reclaim');
    },
  ],
  [
    'mm_vmscan_direct_reclaim_end',
    (k, t, time, body) => {
      const pages = Math.max(0, decimalAfter(body, 'nr_reclaimed=', 0));
      if (t.reclaim >= 0) {
        k.context.recording.setEnd(t.reclaim, time);
        k.context.recording.setC(t.reclaim, pages);
      }
      t.reclaim = NONE;
      k.context.recording.counts.pagesReclaimed += pages;
      k.touch(t, time);
    },
  ],
  [
    'mm_vmscan_kswapd_wake',
    (k, t, time, body) => {
      const node = Math.max(0, decimalAfter(body, 'nid=', 0));
      if (k.kswapdOf(node) >= 0) return;
      const lane = k.context.recording.lane('reclaim', 'reclaim');
      k.setKswapd(node, k.context.recording.add(EventKind.kswapd, lane, time, 0, 0, 0, 0, 0, causeOf(t)));
      k.context.taken.add('kswapd at work');
    },
  ],
  [
    'mm_vmscan_kswapd_sleep',
    (k, _t, time, body) => {
      const node = Math.max(0, decimalAfter(body, 'nid=', 0));
      if (k.kswapdOf(node) >= 0) k.context.recording.setEnd(k.kswapdOf(node), time);
      k.setKswapd(node, NONE);
    },
  ],
  [
    'mm_vmscan_lru_shrink_inactive',
    (k, t, _time, body) => {
      const scanned = Math.max(0, decimalAfter(body, 'nr_scanned=', 0));
      const reclaimed = Math.max(0, decimalAfter(body, 'nr_reclaimed=', 0));
      const event =
        t.reclaim >= 0 ? t.reclaim : t.comm.startsWith('kswapd') ? k.kswapdOf(decimalAfter(body, 'nid=', 0)) : NONE;
      if (event >= 0) k.context.recording.addB(event, scanned);
      if (t.reclaim < 0) k.context.recording.counts.pagesReclaimed += reclaimed;
      if (event >= 0 && t.reclaim < 0) k.context.recording.addC(event, reclaimed);
      k.context.taken.add('scans of the inactive list');
    },
  ],
  [
    'balance_dirty_pages',
    (k, t, time, body) => {
      const pauseMs = decimalAfter(body, ' pause=', 0);
      if (pauseMs <= 0) {
        k.context.leftAside.add('dirty throttling without a pause');
        return;
      }
      const { recording, taken } = k.context;
      recording.add(
        EventKind.throttle, t.lane, time, pauseMs * 1e9, 0, t.number, decimalAfter(body, ' dirty=', 0), decimalAfter(body, 'limit=', 0), causeOf(t),
      ); // prettier-ignore
      recording.counts.throttledNs += pauseMs * 1e6;
      taken.add('dirty throttling');
    },
  ],
  [
    'jbd2_start_commit',
    (k, t, time, body) => {
      const lane = k.context.recording.lane('journal', 'journal');
      const device = deviceAt(body, 4);
      if (k.journals.size < 1024)
        k.journals.set(device, k.context.recording.add(EventKind.journalCommit, lane, time, 0, 0, 0, 0, 0, NONE));
      // What the journal's own thread does belongs to the commit.
      if (t.call < 0) t.call = k.journals.get(device) ?? NONE;
      k.context.taken.add('journal commits');
    },
  ],
  [
    'jbd2_end_commit',
    (k, t, time, body) => {
      const device = deviceAt(body, 4);
      const event = k.journals.get(device);
      if (event !== undefined) k.context.recording.setEnd(event, time);
      k.journals.delete(device);
      if (t.call === event) t.call = NONE;
    },
  ],
  [
    'signal_generate',
    (k, t, time, body) => {
      if (decimalAfter(body, 'sig=', 0) !== 7) {
        k.context.leftAside.add('signals other than SIGBUS');
        return;
      }
      const { recording, taken } = k.context;
      const address = t.fault === null ? 0 : t.fault.page * PAGE;
      recording.add(
        EventKind.sigbus,
        t.faultLane,
        time,
        0,
        address,
        t.number,
        k.phases.step,
        decimalAfter(body, 'code=', 0),
        causeOf(t),
      );
      if (t.fault !== null) t.fault.outcome = Outcome.sigbus;
      taken.add('SIGBUS');
    },
  ],
  ['tracing_mark_write', mark],
  [
    'print',
    (k, t, time, body) => {
      const at = body.indexOf(': ');
      mark(k, t, time, at < 0 ? body : body.slice(at + 2));
    },
  ],
]);

function merged(k: KernelEvents, t: Thread, time: number, body: string): void {
  const { device, rwbs, sector, sectors } = blockFields(k, body);
  k.blocks.merge(time, device, sector, sectors, causeOf(t), k.ioCause(t, rwbs));
  k.context.taken.add('merged bios');
}
