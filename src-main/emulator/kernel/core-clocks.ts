import { CYCLE_CAUSES, type CycleCause, type Processor } from '#emulator/cpu/processor';

/** The clock of one core, and what the core owes by cause. */
class CoreClock {
  private readonly processor: Processor;
  private readonly core: number;
  /** Whether `time` is the core's; only the processor knows after it has done something by itself. */
  private known = false;
  // A field of its own: it is read and moved on a dozen times a fault, and an array's bounds are checked each time.
  private time = 0;
  /** Charges not handed on yet, by cause, ps. */
  private readonly owed = new Float64Array(CYCLE_CAUSES.length);

  constructor(processor: Processor, core: number) {
    this.processor = processor;
    this.core = core;
  }

  now(): number {
    if (!this.known) this.learn();
    return this.time;
  }

  charge(cause: CycleCause, ps: number): void {
    if (!this.known) this.learn();
    this.time += ps;
    this.owed[cause] += ps;
  }

  settle(): void {
    if (!this.known) return;
    this.known = false;
    const { owed } = this;
    for (let cause = 0; cause < owed.length; cause++) {
      if (owed[cause] === 0) continue;
      this.processor.charge(this.core, cause as CycleCause, owed[cause]);
      owed[cause] = 0;
    }
  }

  private learn(): void {
    this.time = this.processor.now(this.core);
    this.known = true;
  }
}

/**
 * The cores' clocks while the kernel works on them. A fault charges a dozen small figures and asks for the
 * time as often; they are gathered here and handed to the processor in one go before it runs again.
 */
export class CoreClocks {
  private readonly cores: readonly CoreClock[];

  constructor(processor: Processor) {
    this.cores = Array.from({ length: processor.coreCount }, (_, core) => new CoreClock(processor, core));
  }

  now(core: number): number {
    return this.cores[core].now();
  }

  charge(core: number, cause: CycleCause, ps: number): void {
    this.cores[core].charge(cause, ps);
  }

  /** Hands everything on; must come before the processor does anything on the core by itself. */
  settle(core: number): void {
    this.cores[core].settle();
  }

  settleAll(): void {
    for (const core of this.cores) core.settle();
  }
}
