/** Time at work: what passes while paused does not count. */
export class Stopwatch {
  private readonly clock: () => number;
  private since: number;
  private before = 0;
  private running = true;

  /** @param clock milliseconds, monotonic */
  constructor(clock: () => number) {
    this.clock = clock;
    this.since = clock();
  }

  /** Milliseconds at work so far. */
  get elapsed(): number {
    return this.before + (this.running ? this.clock() - this.since : 0);
  }

  set(running: boolean): void {
    this.before = this.elapsed;
    this.since = this.clock();
    this.running = running;
  }

  /** Takes off time in which nothing could be done: the whole process was stopped. */
  lose(milliseconds: number): void {
    this.before -= milliseconds;
  }
}
