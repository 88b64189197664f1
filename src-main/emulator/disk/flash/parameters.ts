import type { AllocationOrder, CollectionPolicy, FlashDocument, Suspension, WriteBuffer } from '#model/disk';
import { quantityBytesPerSecond } from '#model/disk';
import { InputError } from '#model/problem';
import { type Quantity, quantityBytes, quantityPs } from '#model/quantity';
import { commandTimes } from './onfi.ts';

/** How requests cross between host and drive: packets on a full-duplex link. */
export interface LinkParameters {
  /** Time a byte of the whole link, ps. */
  readonly psPerByte: number;
  /** Payload a packet, bytes. */
  readonly packetBytes: number;
  /** Header and framing a packet, bytes. */
  readonly packetOverheadBytes: number;
  /** Bytes of a command, fetched by the drive. */
  readonly commandBytes: number;
  /** Bytes of a completion entry, written by the drive. */
  readonly completionBytes: number;
}

/** ONFI command and address cycles of one, two, three or four planes at once, ps; index is planes - 1. */
export interface CommandTimes {
  readonly readPs: readonly number[];
  readonly programPs: readonly number[];
  readonly erasePs: readonly number[];
}

/** Figures of a flash drive, in ps and bytes. A document is turned into this by `flashParameters`. */
export interface FlashParameters {
  /** Commands the host may have outstanding. */
  readonly queueDepth: number;
  /** Commands the drive works on at once; it fetches the rest when these complete. */
  readonly fetchDepth: number;
  readonly channels: number;
  readonly chipsPerChannel: number;
  readonly diesPerChip: number;
  readonly planesPerDie: number;
  readonly blocksPerPlane: number;
  readonly pagesPerBlock: number;
  /** 512 to 16384. */
  readonly pageBytes: number;
  readonly allocation: AllocationOrder;
  /** Share of the physical pages that the host does not see, 0..1. */
  readonly overProvisioning: number;
  /** Array times by page type (LSB, CSB, MSB, top), cycled by page number; as many as bits a cell. */
  readonly readPs: readonly number[];
  readonly programPs: readonly number[];
  readonly erasePs: number;
  readonly commands: CommandTimes;
  /** Time a byte on a channel, ps. */
  readonly channelPsPerByte: number;
  /** Whether the dies of a chip work independently; otherwise a chip takes one command at a time. */
  readonly independentDies: boolean;
  readonly suspension: Suspension;
  /** Time until a suspended die takes a read; an operation closer to its end than this is left alone, ps. */
  readonly suspendProgramPs: number;
  readonly suspendErasePs: number;
  /** Bytes of cached mapping entries; Infinity when the whole table is in the drive's memory. */
  readonly mappingCacheBytes: number;
  /** Changed entries that leave the cache stay in memory for good, instead of being written to flash. */
  readonly holdsChangedEntries: boolean;
  /** Free blocks, as a share of a plane's, below which it collects. */
  readonly collectionThreshold: number;
  /** The same below which collection goes before requests. */
  readonly collectionUrgent: number;
  readonly collectionPolicy: CollectionPolicy;
  /** Victims a plane works on at once. */
  readonly parallelCollections: number;
  readonly writeBuffer: WriteBuffer;
  readonly writeBufferBytes: number;
  /** Access to the buffer: fixed time and time a byte, ps. */
  readonly bufferLatencyPs: number;
  readonly bufferPsPerByte: number;
  readonly link: LinkParameters;
  /** Time the drive's firmware takes before it works on a command, ps. */
  readonly readOverheadPs: number;
  readonly writeOverheadPs: number;
  readonly flushOverheadPs: number;
  readonly discardOverheadPs: number;
  /** Share of the logical pages written once before the run, in order, 0..1. */
  readonly preconditionFill: number;
  /** Random page overwrites after that, as a multiple of the filled pages, 0..4. */
  readonly preconditionOverwrite: number;
}

/** Bounds on the emulator's tables: pages and blocks of a drive, and pages written before a run. */
const MOST_PAGES = 2 ** 28;
const MOST_BLOCKS = 2 ** 22;
const MOST_FILLED = 2 ** 25;

function psPerByte(q: Quantity): number {
  return 1e12 / quantityBytesPerSecond(q);
}

function times(figures: readonly Quantity[]): number[] {
  return figures.map((q) => quantityPs(q));
}

/**
 * A document's figures as the model takes them.
 * @throws InputError when the figures do not fit together
 */
export function flashParameters(d: FlashDocument): FlashParameters {
  const { geometry: g, array, channel, collection, link, overheads } = d;
  const pageBytes = quantityBytes(g.page);
  if (pageBytes % 512 !== 0 || pageBytes > 16384) {
    throw new InputError({
      path: 'geometry.page',
      message: 'this page size is not modelled',
      expected: 'a multiple of 512 bytes up to 16 KiB',
    });
  }
  const blocks = g.blocksPerPlane.value;
  const spare = blocks * g.overProvisioning.value;
  const needed = collection.parallel.value + 4;
  if (spare < needed) {
    throw new InputError({
      path: 'geometry.overProvisioning',
      message: `leaves ${Math.floor(spare)} spare blocks a plane, too few to collect`,
      expected: `room for at least ${needed} of ${blocks} blocks`,
    });
  }
  const planes = g.channels.value * g.chipsPerChannel.value * g.diesPerChip.value * g.planesPerDie.value;
  const pages = planes * blocks * g.pagesPerBlock.value;
  if (pages > MOST_PAGES || planes * blocks > MOST_BLOCKS) {
    throw new InputError({
      path: 'geometry',
      message: `${pages} pages in ${planes * blocks} blocks are more than the model can hold`,
      expected: `at most ${MOST_PAGES} pages in ${MOST_BLOCKS} blocks`,
    });
  }
  if (pages * (1 - g.overProvisioning.value) * d.preconditioning.fill > MOST_FILLED) {
    throw new InputError({
      path: 'preconditioning.fill',
      message: 'fills more pages than the model can hold',
      expected: `at most ${MOST_FILLED} pages; scale the drive down, latencies do not depend on its size`,
    });
  }
  const onfi = {
    tCS: quantityPs(channel.tCS),
    tWC: quantityPs(channel.tWC),
    tWB: quantityPs(channel.tWB),
    tRR: quantityPs(channel.tRR),
    tDBSY: quantityPs(channel.tDBSY),
    tADL: quantityPs(channel.tADL),
    tCALS: quantityPs(channel.tCALS),
    tWPST: quantityPs(channel.tWPST),
    tWPSTH: quantityPs(channel.tWPSTH),
  };
  const optionalPs = (q: Quantity | undefined) => (q === undefined ? 0 : quantityPs(q));
  return {
    queueDepth: d.queueDepth.value,
    fetchDepth: d.fetchDepth.value,
    channels: g.channels.value,
    chipsPerChannel: g.chipsPerChannel.value,
    diesPerChip: g.diesPerChip.value,
    planesPerDie: g.planesPerDie.value,
    blocksPerPlane: blocks,
    pagesPerBlock: g.pagesPerBlock.value,
    pageBytes,
    allocation: g.allocation,
    overProvisioning: g.overProvisioning.value,
    readPs: times(array.read),
    programPs: times(array.program),
    erasePs: quantityPs(array.erase),
    commands: commandTimes(onfi, g.planesPerDie.value),
    channelPsPerByte: psPerByte(channel.bandwidth),
    independentDies: g.independentDies,
    suspension: array.suspension,
    suspendProgramPs: optionalPs(array.suspendProgram),
    suspendErasePs: optionalPs(array.suspendErase),
    mappingCacheBytes: d.mapping.cache === undefined ? Infinity : quantityBytes(d.mapping.cache),
    holdsChangedEntries: d.mapping.changedEntries === 'held',
    collectionThreshold: collection.threshold.value,
    collectionUrgent: collection.urgent.value,
    collectionPolicy: collection.policy,
    parallelCollections: collection.parallel.value,
    writeBuffer: d.writeCache.kind,
    writeBufferBytes: d.buffer === undefined ? 0 : quantityBytes(d.buffer.size),
    bufferLatencyPs: d.buffer === undefined ? 0 : quantityPs(d.buffer.latency),
    bufferPsPerByte: d.buffer === undefined ? 0 : psPerByte(d.buffer.bandwidth),
    link: {
      psPerByte: psPerByte(link.bandwidth),
      packetBytes: quantityBytes(link.packet),
      packetOverheadBytes: quantityBytes(link.packetOverhead),
      commandBytes: quantityBytes(link.command),
      completionBytes: quantityBytes(link.completion),
    },
    readOverheadPs: optionalPs(overheads.read),
    writeOverheadPs: optionalPs(overheads.write),
    flushOverheadPs: optionalPs(overheads.flush),
    discardOverheadPs: optionalPs(overheads.discard),
    preconditionFill: d.preconditioning.fill,
    preconditionOverwrite: d.preconditioning.overwrite,
  };
}
