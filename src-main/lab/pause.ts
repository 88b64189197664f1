/** Lets emulators on other threads stand still where they are, and go on. */
export class PauseSwitch {
  /** One Int32, shared with the emulators: 1 while paused. */
  readonly buffer = new SharedArrayBuffer(4);
  private readonly cell = new Int32Array(this.buffer);
  private readonly listeners = new Set<() => void>();

  get paused(): boolean {
    return Atomics.load(this.cell, 0) === 1;
  }

  set(paused: boolean): void {
    if (paused === this.paused) return;
    Atomics.store(this.cell, 0, paused ? 1 : 0);
    Atomics.notify(this.cell, 0);
    for (const listener of [...this.listeners]) listener();
  }

  /** Calls `listener` after each change; returns how to stop. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
