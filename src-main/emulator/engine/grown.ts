/** An array of numbers such as tables keep a column in. */
type Column = Uint8Array | Int16Array | Int32Array | Float64Array;

/** Copies `old` to the front of `larger`, and returns that. */
export function grown<T extends Column>(larger: T, old: T): T {
  larger.set(old);
  return larger;
}
