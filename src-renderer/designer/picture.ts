/**
 * Which pages a step touches, before anything runs. The orders are those of `emulator/memory/patterns.ts`; where
 * that one draws lots, this gives the expected share instead, so the picture does not depend on the seed.
 */
import { bytesOf, mappingBytes, type DraftDocument, type DraftMapping, type DraftStep } from './document.ts';

const PAGE = 4096;
/** Slots that are followed one by one; beyond, a step is taken as evenly spread over its range. */
const FOLLOWED = 1 << 16;

/** Pages of a mapping in equal cells. */
export interface Picture {
  /** Expected share of the cell's pages that are touched, 0 to 1. */
  readonly touched: Float64Array;
  readonly pagesPerCell: number;
  /** Accesses that the step makes. */
  readonly accesses: number;
  /** Expected number of different pages. */
  readonly pages: number;
  readonly stores: boolean;
}

export interface AccessShape {
  readonly from: number;
  readonly length: number;
  readonly stride: number;
  readonly at: number;
  readonly slots: number;
  readonly count: number;
}

export function isAccess(step: DraftStep): boolean {
  return step.do === 'load' || step.do === 'store' || step.do === 'mixed';
}

/** Whether the step names a part of a mapping. */
export function isRange(step: DraftStep): boolean {
  return isAccess(step) || step.do === 'msync' || step.do === 'madvise' || step.do === 'mprotect';
}

function traceOf(step: DraftStep): readonly (readonly [number, string])[] | null {
  const pattern = step['pattern'] as { kind?: unknown; accesses?: unknown } | undefined;
  if (pattern?.kind !== 'trace' || !Array.isArray(pattern.accesses)) return null;
  return (pattern.accesses as unknown[]).filter(
    (access): access is [number, string] => Array.isArray(access) && typeof access[0] === 'number',
  );
}

/** Slots and accesses of a step, as the emulator takes them. */
export function shapeOf(step: DraftStep, mappingLength: number): AccessShape {
  const from = bytesOf(step['from']);
  const rest = Math.max(0, mappingLength - from);
  const length = Math.min(step['length'] === undefined ? rest : bytesOf(step['length'], rest), rest);
  const stride = Math.max(1, bytesOf(step['stride'], PAGE));
  const at = bytesOf(step['at']);
  const width = bytesOf(step['width'], 1);
  const slots = length === 0 ? 0 : Math.max(1, Math.floor((length - at - width) / stride) + 1);
  const trace = traceOf(step);
  const given = step['count'];
  const count = trace !== null ? trace.length : typeof given === 'number' && given > 0 ? given : slots;
  return { from, length, stride, at, slots, count: slots === 0 ? 0 : count };
}

/** Expected accesses to each slot, for the orders that draw lots; null for those that visit in turn. */
function lotsOf(step: DraftStep, shape: AccessShape): ((slot: number) => number) | null {
  const pattern = step['pattern'] as Readonly<Record<string, unknown>> | undefined;
  const { slots, count } = shape;
  switch (pattern?.['kind']) {
    case 'random':
      return () => count / slots;
    case 'zipf': {
      const skew = typeof pattern['skew'] === 'number' ? pattern['skew'] : 1;
      const n = Math.min(slots, FOLLOWED);
      let sum = 0;
      for (let rank = 1; rank <= n; rank++) sum += rank ** -skew;
      // What lies beyond the ranks that are followed, as an integral.
      if (slots > n) sum += skew === 1 ? Math.log(slots / n) : (slots ** (1 - skew) - n ** (1 - skew)) / (1 - skew);
      return (slot) => (count * (slot + 1) ** -skew) / sum;
    }
    case 'hot-cold': {
      const share = typeof pattern['hotShare'] === 'number' ? pattern['hotShare'] : 0;
      const hot = Math.max(1, Math.floor(bytesOf(pattern['hotLength'], shape.stride) / shape.stride));
      if (hot >= slots) return () => count / slots;
      // A cold draw never lands in the hot range.
      return (slot) => (slot < hot ? (count * share) / hot : (count * (1 - share)) / (slots - hot));
    }
    default:
      return null;
  }
}

/**
 * The picture of an access step over its mapping.
 * @param cells most cells; fewer where the mapping has fewer pages
 */
export function pictureOf(document: DraftDocument, step: DraftStep, cells = 64): Picture | null {
  if (!isAccess(step)) return null;
  const mapping = document.mappings.find(({ name }) => name === step['mapping']);
  return mapping === undefined ? null : pictureIn(step, mappingBytes(document, mapping), cells);
}

export function pictureIn(step: DraftStep, mappingLength: number, cells: number): Picture {
  const mappingPages = Math.max(1, Math.ceil(mappingLength / PAGE));
  const pagesPerCell = Math.max(1, Math.ceil(mappingPages / cells));
  const touched = new Float64Array(Math.ceil(mappingPages / pagesPerCell));
  const shape = shapeOf(step, mappingLength);
  const result = (): Picture => {
    let pages = 0;
    for (let cell = 0; cell < touched.length; cell++) {
      const inCell = Math.min(pagesPerCell, mappingPages - cell * pagesPerCell);
      pages += touched[cell];
      touched[cell] = Math.min(1, touched[cell] / inCell);
    }
    return { touched, pagesPerCell, accesses: shape.count, pages: Math.round(pages), stores: step.do !== 'load' };
  };
  if (shape.slots === 0) return result();
  const cellOf = (page: number): number => Math.min(touched.length - 1, Math.floor(page / pagesPerCell));
  const trace = traceOf(step);
  if (trace !== null) {
    const seen = new Set(trace.map(([offset]) => Math.floor((shape.from + offset) / PAGE)));
    for (const page of seen) touched[cellOf(page)]++;
    return result();
  }

  const { from, stride, at, slots, count } = shape;
  const lots = lotsOf(step, shape);
  const inTurn = (step['pattern'] as { kind?: unknown } | undefined)?.kind !== 'chase';
  // Visited in turn, only the first `count` slots are met; a chase meets as many, spread over all.
  const met = lots === null && inTurn ? Math.min(slots, count) : slots;
  const expected = lots ?? (inTurn ? () => 1 : () => Math.min(1, count / slots));
  const missed = (slot: number): number => {
    const n = expected(slot);
    return lots === null ? 1 - n : Math.exp(-n);
  };
  const base = from + at;
  const first = Math.floor(base / PAGE);
  const last = Math.floor((base + (met - 1) * stride) / PAGE);
  // Followed slot by slot where there are few, page by page where the slots are denser than pages.
  if (stride >= PAGE && met <= FOLLOWED) {
    for (let slot = 0; slot < met; slot++)
      touched[cellOf(Math.floor((base + slot * stride) / PAGE))] += 1 - missed(slot);
    return result();
  }
  const pagesBetween = last - first + 1;
  const jump = Math.max(1, Math.ceil(pagesBetween / FOLLOWED));
  for (let page = first; page <= last; page += jump) {
    const weight = Math.min(jump, last - page + 1);
    const slot = Math.min(met - 1, Math.max(0, Math.floor((page * PAGE - base) / stride)));
    const slotsHere = Math.min(Math.max(1, PAGE / stride), met);
    const share = stride > PAGE ? (PAGE / stride) * (1 - missed(slot)) : 1 - missed(slot) ** slotsHere;
    touched[cellOf(page)] += weight * share;
  }
  return result();
}

/** Where a mapping lies in its file, as shares of the file's size. */
export function spanInFile(document: DraftDocument, mapping: DraftMapping): { from: number; to: number } {
  const file = document.files.find(({ name }) => name === mapping.file);
  const size = bytesOf(file?.size);
  // A size that is just being typed is none yet: then all of it.
  if (size === 0) return { from: 0, to: 1 };
  const from = Math.min(1, bytesOf(mapping['offset']) / size);
  return { from, to: Math.min(1, from + mappingBytes(document, mapping) / size) };
}

/** The range a step names, as shares of its mapping. */
export function rangeInMapping(step: DraftStep, mappingLength: number): { from: number; to: number } {
  if (mappingLength === 0) return { from: 0, to: 0 };
  const { from, length } = shapeOf(step, mappingLength);
  return { from: Math.min(1, from / mappingLength), to: Math.min(1, (from + length) / mappingLength) };
}
