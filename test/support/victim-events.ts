/** Events of the n-th run of a victim: mostly few, now and then more than a batch. */
export function victimEvents(n: number): number {
  return n % 7 === 3 ? 70_000 + n : 500 + ((n * 331) % 3000);
}
