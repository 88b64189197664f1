import { AccessKind, AccessOrder, type AccessBatch } from '#emulator/cpu/access';
import { makeProcessor } from '#emulator/cpu/make-processor';
import { StopReason, type Processor } from '#emulator/cpu/processor';
import { HUGE_PAGES, PAGE_BYTES, Pte } from '#emulator/mmu/page-table';
import { processorHz, type ProcessorDocument } from '#model/processor';

/** One recorded figure beside what the emulator makes of the same document. */
export interface MachinePoint {
  readonly what: 'load latency' | 'store to each line';
  readonly bytes: number;
  readonly unit: 'ns' | 'cycles';
  readonly recorded: number;
  readonly emulated: number;
  /** emulated / recorded - 1. */
  readonly difference: number;
  /** On a plateau the neighbours' recorded figures are alike; at a knee they are not. */
  readonly place: 'plateau' | 'knee';
  /** Greatest difference that counts as agreement. */
  readonly allowed: number;
  readonly agrees: boolean;
}

export interface MachineConformance {
  readonly id: string;
  readonly name: string;
  readonly points: readonly MachinePoint[];
}

/** A recorded point lies on a plateau when both neighbours' figures are within this of it. */
const PLATEAU = 0.15;
const PLATEAU_ALLOWED = 0.1;
const KNEE_ALLOWED = 0.25;
const STREAM_ALLOWED = 0.15;
/** Latency is compared over this range of sizes. */
const LEAST_BYTES = 16 * 1024;
const MOST_BYTES = 128 * 1024 * 1024;
/** Dependent loads measured a point. */
const LOADS = 400_000;
const BASE = 0x1000_0000_0000;

/** Whether a document has anything to be compared with. */
export function hasRecording(document: ProcessorDocument): boolean {
  return document.recorded.latencyCurve !== undefined || document.recorded.storeStream !== undefined;
}

/** Emulates what was recorded on the document's machine, point by point. Nothing is fitted: the figures are the document's. */
export function conformMachine(document: ProcessorDocument): MachineConformance {
  const points: MachinePoint[] = [];
  const { latencyCurve, storeStream } = document.recorded;
  if (latencyCurve !== undefined) {
    const rows = latencyCurve.table.rows;
    rows.forEach(([bytes, recorded], i) => {
      if (bytes < LEAST_BYTES || bytes > MOST_BYTES) return;
      const emulated = loadLatency(document, bytes, latencyCurve.order === 'cycle', latencyCurve.pages === '2 MiB');
      const alike = (j: number): boolean => j < 0 || j >= rows.length || Math.abs(rows[j][1] / recorded - 1) <= PLATEAU;
      const place = alike(i - 1) && alike(i + 1) ? 'plateau' : 'knee';
      points.push(
        compare(
          'load latency',
          bytes,
          'ns',
          recorded,
          emulated,
          place,
          place === 'plateau' ? PLATEAU_ALLOWED : KNEE_ALLOWED,
        ),
      );
    });
  }
  for (const [bytes, recorded] of storeStream?.rows ?? []) {
    points.push(
      compare('store to each line', bytes, 'cycles', recorded, storeCycles(document, bytes), 'plateau', STREAM_ALLOWED),
    );
  }
  return { id: document.id, name: document.name, points };
}

function compare(
  what: MachinePoint['what'],
  bytes: number,
  unit: MachinePoint['unit'],
  recorded: number,
  emulated: number,
  place: MachinePoint['place'],
  allowed: number,
): MachinePoint {
  const difference = emulated / recorded - 1;
  return { what, bytes, unit, recorded, emulated, difference, place, allowed, agrees: Math.abs(difference) <= allowed };
}

/** ns a dependent load over `bytes`, after the range was visited once. */
function loadLatency(document: ProcessorDocument, bytes: number, cycle: boolean, huge: boolean): number {
  const line = lineBytes(document);
  const slots = Math.floor(bytes / line);
  const batch = {
    order: cycle ? AccessOrder.chase : AccessOrder.random,
    kind: AccessKind.load,
    slots,
    stride: line,
    dependent: true,
  };
  const p = machineFor(document, bytes, huge);
  runAll(p, { ...batch, count: cycle ? slots : 3 * slots });
  const before = p.now(0);
  const count = Math.max(LOADS, cycle ? slots : 0);
  runAll(p, { ...batch, count, seed: cycle ? 1 : 2 });
  return (p.now(0) - before) / count / 1000;
}

/** Cycles a store, one to each line in turn over `bytes`, after two rounds. Pages of 2 MiB, as the recording's. */
function storeCycles(document: ProcessorDocument, bytes: number): number {
  const line = lineBytes(document);
  const slots = Math.floor(bytes / line);
  const batch = { order: AccessOrder.sequential, kind: AccessKind.store, slots, stride: line };
  const p = machineFor(document, bytes, true);
  runAll(p, { ...batch, count: 2 * slots });
  p.fence(0);
  const before = p.now(0);
  const count = slots * Math.ceil(100_000 / slots);
  runAll(p, { ...batch, count });
  p.fence(0);
  return ((p.now(0) - before) / count) * (processorHz(document) / 1e12);
}

const lineBytes = (document: ProcessorDocument): number =>
  document.line.value * ({ bytes: 1, KiB: 1024 }[document.line.unit] ?? 1);

/** One core with the range mapped to frames in a row, as a fresh allocation of a large block is. */
function machineFor(document: ProcessorDocument, bytes: number, huge: boolean): Processor {
  const pages = Math.ceil(bytes / PAGE_BYTES / HUGE_PAGES) * HUGE_PAGES;
  const p = makeProcessor(document, { cores: 1, frames: pages });
  const space = p.createSpace();
  p.switchTo(0, space);
  const table = p.pageTable(space);
  const flags = Pte.present | Pte.writable | Pte.user | Pte.accessed | Pte.dirty;
  const first = BASE / PAGE_BYTES;
  for (let page = 0; page < pages; page += huge ? HUGE_PAGES : 1) {
    if (huge) table.setHuge(first + page, page, flags);
    else table.set(first + page, page, flags);
  }
  return p;
}

function runAll(
  p: Processor,
  batch: Pick<AccessBatch, 'order' | 'kind' | 'slots' | 'stride' | 'count'> & Partial<AccessBatch>,
): void {
  p.begin(0, { storeShare: 1, base: BASE, offset: 0, width: 8, seed: 1, skew: 0, hotShare: 0, hotSlots: 0, ...batch });
  if (p.run(0, Infinity) !== StopReason.done) throw new Error('a mapped range faulted');
}
