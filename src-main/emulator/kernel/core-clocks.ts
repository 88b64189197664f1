import { CYCLE_CAUSES, type CycleCause, type Processor } from '#emulator/cpu/processor';

const CAUSES = CYCLE_CAUSES.length;

/**
 * The cores' clocks while the kernel works on them. A fault charges a dozen small figures and asks for the
 * time as often; they are gathered here and handed to the processor in one go before it runs again.
 */
export class CoreClocks {
  private readonly processor: Processor;
  private readonly clock: Float64Array;
  private readonly known: Uint8Array;
  /** Charges not handed on yet, by core and cause. */
  private readonly pending: Float64Array;
  private readonly owes: Uint8Array;

  constructor(processor: Processor) {
    const cores = processor.coreCount;
    this.processor = processor;
    this.clock = new Float64Array(cores);
    this.known = new Uint8Array(cores);
    this.pending = new Float64Array(cores * CAUSES);
    this.owes = new Uint8Array(cores);
  }

  now(core: number): number {
    if (this.known[core] === 0) {
      this.clock[core] = this.processor.now(core);
      this.known[core] = 1;
    }
    return this.clock[core];
  }

  charge(core: number, cause: CycleCause, ps: number): void {
    this.clock[core] = this.now(core) + ps;
    this.pending[core * CAUSES + cause] += ps;
    this.owes[core] = 1;
  }

  /** Hands everything on; must come before the processor does anything on the core by itself. */
  settle(core: number): void {
    this.known[core] = 0;
    if (this.owes[core] === 0) return;
    this.owes[core] = 0;
    const base = core * CAUSES;
    for (let cause = 0; cause < CAUSES; cause++) {
      const ps = this.pending[base + cause];
      if (ps === 0) continue;
      this.pending[base + cause] = 0;
      this.processor.charge(core, cause as CycleCause, ps);
    }
  }

  settleAll(): void {
    for (let core = 0; core < this.clock.length; core++) this.settle(core);
  }
}
