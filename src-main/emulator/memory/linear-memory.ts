/**
 * Views of the WebAssembly memory. What the kernel asks for at each fault it reads and writes here: a call across
 * costs ten times as much. When the memory grows, views go stale: whoever makes a call that may grow it looks after that.
 */
export class LinearMemory {
  private readonly memory: { readonly buffer: ArrayBuffer };
  f64: Float64Array;
  u32: Uint32Array;
  u8: Uint8Array;

  constructor(memory: { readonly buffer: ArrayBuffer }) {
    this.memory = memory;
    this.f64 = new Float64Array(memory.buffer);
    this.u32 = new Uint32Array(memory.buffer);
    this.u8 = new Uint8Array(memory.buffer);
  }

  /** After a call that may have made the memory larger. */
  afterGrowth(): void {
    if (this.u8.length !== 0) return;
    const { buffer } = this.memory;
    this.f64 = new Float64Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.u8 = new Uint8Array(buffer);
  }
}
