import { CYCLE_CAUSES, type CycleCause, type Processor } from '#emulator/cpu/processor';

/** log2 of the length of a core's row: its clock, then what it owes by cause. */
const ROW_BITS = 5;
/** In a core's state: its clock is known. The bits below are the causes it owes something for. */
const KNOWN = 1 << 31;

if (CYCLE_CAUSES.length >= 1 << ROW_BITS || CYCLE_CAUSES.length > 31) throw new RangeError('too many causes for a row');

/**
 * The cores' clocks while the kernel works on them. A fault charges a dozen small figures and asks for the
 * time as often; they are gathered here and handed to the processor in one go before it runs again.
 */
export class CoreClocks {
  private readonly processor: Processor;
  /** Rows of cores: clock, then charges not handed on yet by cause, ps. */
  private readonly rows: Float64Array;
  private readonly state: Int32Array;

  constructor(processor: Processor) {
    this.processor = processor;
    this.rows = new Float64Array(processor.coreCount << ROW_BITS);
    this.state = new Int32Array(processor.coreCount);
  }

  now(core: number): number {
    if (this.state[core] >= 0) this.learn(core);
    return this.rows[core << ROW_BITS];
  }

  charge(core: number, cause: CycleCause, ps: number): void {
    if (this.state[core] >= 0) this.learn(core);
    const row = core << ROW_BITS;
    this.rows[row] += ps;
    this.rows[row + 1 + cause] += ps;
    this.state[core] |= 1 << cause;
  }

  /** Hands everything on; must come before the processor does anything on the core by itself. */
  settle(core: number): void {
    let owed = this.state[core] & ~KNOWN;
    this.state[core] = 0;
    for (; owed !== 0; owed &= owed - 1) {
      const cause = 31 - Math.clz32(owed & -owed);
      const at = (core << ROW_BITS) + 1 + cause;
      this.processor.charge(core, cause as CycleCause, this.rows[at]);
      this.rows[at] = 0;
    }
  }

  settleAll(): void {
    for (let core = 0; core < this.state.length; core++) this.settle(core);
  }

  private learn(core: number): void {
    this.rows[core << ROW_BITS] = this.processor.now(core);
    this.state[core] = KNOWN;
  }
}
