import { CYCLE_CAUSES, type CycleCause, type Processor } from '#emulator/cpu/processor';

/** Only the processor knows the time. */
const UNKNOWN = -1;

/** The clock of one core, and what the core owes by cause. */
export class CoreClock {
  private readonly processor: Processor;
  private readonly core: number;
  /** The core's time, ps; {@link UNKNOWN} after the processor has done something by itself. */
  // A field of its own: it is read and moved on a dozen times a fault, and an array's bounds are checked each time.
  private time = UNKNOWN;
  /** Charges not handed on yet, by cause, ps. */
  private readonly owed = new Float64Array(CYCLE_CAUSES.length);
  /** The causes of which anything is owed, a bit each: few of them are, and all are looked at for each fault. */
  private causes = 0;

  constructor(processor: Processor, core: number) {
    this.processor = processor;
    this.core = core;
  }

  now(): number {
    if (this.time < 0) this.learn();
    return this.time;
  }

  charge(cause: CycleCause, ps: number): void {
    if (this.time < 0) this.learn();
    this.time += ps;
    this.owed[cause] += ps;
    this.causes |= 1 << cause;
  }

  /** Hands everything on; must come before the processor does anything on the core by itself. */
  settle(): void {
    this.time = UNKNOWN;
    const { owed } = this;
    for (let causes = this.causes; causes !== 0; causes &= causes - 1) {
      const cause = 31 - Math.clz32(causes & -causes);
      this.processor.charge(this.core, cause as CycleCause, owed[cause]);
      owed[cause] = 0;
    }
    this.causes = 0;
  }

  private learn(): void {
    this.time = this.processor.now(this.core);
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

  /** The clock of a core. */
  of(core: number): CoreClock {
    return this.cores[core];
  }

  settleAll(): void {
    for (const core of this.cores) core.settle();
  }
}
