/** The last few values that were asked for, by key. */
export class Recent<T> {
  private readonly most: number;
  private readonly values = new Map<string, T>();

  constructor(most: number) {
    this.most = most;
  }

  get(key: string, make: () => T): T {
    let value = this.values.get(key);
    if (value === undefined) value = make();
    else this.values.delete(key);
    // Most recently used last: a Map keeps the order of insertion.
    this.values.set(key, value);
    if (this.values.size > this.most) this.values.delete(this.values.keys().next().value!);
    return value;
  }

  /** A value that is kept, without counting as use of it. */
  peek(key: string): T | undefined {
    return this.values.get(key);
  }

  clear(): void {
    this.values.clear();
  }
}
