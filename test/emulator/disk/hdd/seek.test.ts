import { describe, expect, it } from 'vitest';
import { seekTimes } from '#emulator/disk/hdd/seek';

const table = (rows: number[][]) => ({
  columns: ['distance', 'time'],
  units: ['cylinders', 'ms'],
  rows,
  source: 'made up',
  method: 'derived' as const,
});

describe('seek times', () => {
  it('takes none for no distance', () => {
    expect(seekTimes(table([[1, 1]]), 5)[0]).toBe(0);
  });

  it('meets the points of the table and is linear between them', () => {
    const times = seekTimes(table([[1, 1], [3, 2], [11, 4]]), 20); // prettier-ignore
    expect(times[1]).toBe(1e9);
    expect(times[2]).toBe(1.5e9);
    expect(times[3]).toBe(2e9);
    expect(times[7]).toBe(3e9);
  });

  it('goes on along its last stretch', () => {
    expect(seekTimes(table([[1, 1], [3, 2], [11, 4]]), 20)[15]).toBe(5e9); // prettier-ignore
  });

  it('is constant with a single point', () => {
    expect([...seekTimes(table([[1, 3]]), 4)]).toEqual([0, 3e9, 3e9, 3e9]);
  });
});
