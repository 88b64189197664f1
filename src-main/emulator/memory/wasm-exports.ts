import { WASM_BASE64 } from './wasm-module.ts';

/** What the compiled memory path exports (`wasm/index.ts`). Addresses are bytes into `memory`. */
export interface MemoryPath {
  readonly memory: { readonly buffer: ArrayBuffer };
  setUp(cores: number, frames: number, lineShift: number, counterCount: number): void;
  setTimes(
    loadIssue: number,
    storeIssue: number,
    commit: number,
    forwardLatency: number,
    tlb2Penalty: number,
    accessedAssist: number,
    dirtyAssist: number,
    exceptionEntry: number,
    exceptionExit: number,
    memoryLatency: number,
    memoryTransfer: number,
    coreToCore: number,
  ): void;
  setSizes(
    loadWindow: number,
    storeBuffer: number,
    fillBuffers: number,
    walkers: number,
    merging: number,
    tagged: number,
    prefetchNext: number,
    prefetchStride: number,
  ): void;
  setMaintenance(shootdownSend: number, shootdownReceive: number, walkOverhead: number): void;
  setLoadedCurve(rows: number): number;
  makeCores(): void;
  addLevel(
    sets: number,
    ways: number,
    slices: number,
    latency: number,
    transfer: number,
    writeBack: number,
    replacement: number,
    inclusion: number,
    shared: number,
  ): void;
  addTlbs(
    sets1: number,
    ways1: number,
    setsHuge: number,
    waysHuge: number,
    sets2: number,
    ways2: number,
    walk1: number,
    walk2: number,
    walk3: number,
  ): void;
  finish(): void;
  begin(
    core: number,
    order: number,
    kind: number,
    storeThreshold: number,
    base: number,
    offset: number,
    stride: number,
    slots: number,
    accesses: number,
    width: number,
    seed: number,
    bits: number,
    hotThreshold: number,
    hotSlots: number,
    dependent: number,
  ): void;
  setZipf(core: number, skew: number, lower: number, upper: number, cut: number): void;
  setTraceChunk(core: number, first: number, end: number): void;
  run(core: number, horizon: number, most: number): number;
  /** Address of the core's clock, ps. */
  nowAt(core: number): number;
  retired(core: number): number;
  /** Address of the address of the core's last fault. */
  faultAddressAt(core: number): number;
  /** Address of two bytes: whether that access is a store, whether an entry was present. */
  faultKindAt(core: number): number;
  advanceTo(core: number, cause: number, time: number): void;
  fence(core: number): void;
  switchTo(core: number, space: number, cost: number): void;
  invalidate(core: number, space: number, vpn: number, pages: number, ceiling: number): void;
  /** Address of the core's time by cause, ps. */
  timeAt(core: number): number;
  countersAt(): number;
  traceAt(core: number): number;
  traceKindsAt(core: number): number;
  createSpace(): number;
  pteFlags(space: number, vpn: number): number;
  pteFrame(space: number, vpn: number): number;
  pteSet(space: number, vpn: number, frame: number, flags: number): void;
  pteSetHuge(space: number, vpn: number, frame: number, flags: number): void;
  pteChange(space: number, vpn: number, clear: number, set: number): void;
  pteClear(space: number, vpn: number): number;
  /** Address of a word that is not 0 while loads are worked out ahead of their times. */
  aheadAt(): number;
  /** Takes those back: before anything but `run` changes a page table by itself. */
  settle(): void;
  /** Address of the leaf table that maps `vpn`, 0 where there is none. */
  leafTableAt(space: number, vpn: number): number;
  /** Address of the number of present entries of the space. */
  mappedAt(space: number): number;
}

/** Accesses of a trace that are in linear memory at once (`TRACE_CHUNK` in `wasm/state.ts`). */
export const TRACE_CHUNK = 65_536;
/** `run` returns this besides the stop reasons when it wants the next chunk of a trace. */
export const REFILL = 3;
/** ... and this when it has made as many accesses as it was given. */
export const MORE = 4;
/** Accesses a call makes at most: the engine can then put the optimised code in place of the first, slow one. */
export const ACCESSES_A_CALL = 1 << 18;

/** The part of the WebAssembly interface used here; the emulator is compiled without the DOM's types. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}
const api = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi }).WebAssembly;

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decode(base64: string): Uint8Array {
  const values = new Uint8Array(128);
  for (let i = 0; i < 64; i++) values[DIGITS.charCodeAt(i)] = i;
  const digits = base64.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < digits.length; i++) {
    held = ((held << 6) | values[digits.charCodeAt(i)]) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  return bytes;
}

let compiled: object | null = null;

/** A fresh memory path with linear memory of its own. Compiled once a thread, at once: the module is small. */
export function instantiateMemoryPath(): MemoryPath {
  compiled ??= new api.Module(decode(WASM_BASE64));
  // A copy: export objects of different instances differ in shape, which would throw compiled code away at each.
  return { ...(new api.Instance(compiled).exports as MemoryPath) };
}
