import { commandTimes } from '#emulator/disk/flash/onfi';
import type { FlashParameters } from '#emulator/disk/flash/parameters';

const NS = 1e3;
const US = 1e6;

export const ONFI = {
  tCS: 20 * NS,
  tWC: 25 * NS,
  tWB: 100 * NS,
  tRR: 20 * NS,
  tDBSY: 500 * NS,
  tADL: 70 * NS,
  tCALS: 15 * NS,
  tWPST: 6 * NS,
  tWPSTH: 15 * NS,
};

/** A small drive with round figures: 2 channels x 2 chips x 1 die x 2 planes, 4 KiB pages, table in memory. */
export function small(change: Partial<FlashParameters> = {}): FlashParameters {
  return {
    queueDepth: 64,
    fetchDepth: 64,
    channels: 2,
    chipsPerChannel: 2,
    diesPerChip: 1,
    planesPerDie: 2,
    blocksPerPlane: 32,
    pagesPerBlock: 16,
    pageBytes: 4096,
    allocation: 'CWDP',
    overProvisioning: 0.4,
    readPs: [50 * US],
    programPs: [500 * US],
    erasePs: 2000 * US,
    commands: commandTimes(ONFI, change.planesPerDie ?? 2),
    channelPsPerByte: 2500,
    independentDies: true,
    suspension: 'none',
    suspendProgramPs: 20 * US,
    suspendErasePs: 40 * US,
    mappingCacheBytes: Infinity,
    holdsChangedEntries: false,
    collectionThreshold: 0.15,
    collectionUrgent: 0.1,
    collectionPolicy: 'greedy',
    parallelCollections: 1,
    writeBuffer: 'off',
    writeBufferBytes: 16 * 4096,
    bufferLatencyPs: 2 * US,
    bufferPsPerByte: 100,
    link: { psPerByte: 250, packetBytes: 128, packetOverheadBytes: 28, commandBytes: 64, completionBytes: 16 },
    readOverheadPs: 0,
    writeOverheadPs: 0,
    flushOverheadPs: 0,
    discardOverheadPs: 0,
    preconditionFill: 0,
    preconditionOverwrite: 0,
    ...change,
  };
}
