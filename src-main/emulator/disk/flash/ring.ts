/** Copies a full ring, from its head on, to the front of a larger one, and returns that. */
export function unrolled<T extends Float64Array | Int32Array>(larger: T, ring: T, head: number): T {
  larger.set(ring.subarray(head));
  larger.set(ring.subarray(0, head), ring.length - head);
  return larger;
}
