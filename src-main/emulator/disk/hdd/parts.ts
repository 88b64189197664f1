/** Names of the parts a request's time is split into. */
export const DRIVE_PARTS = ['queue', 'overhead', 'seek', 'rotation', 'transfer', 'bus', 'cache'] as const;
/** Their places. */
export const Part = { queue: 0, overhead: 1, seek: 2, rotation: 3, transfer: 4, bus: 5, cache: 6 } as const;

/** Parts in the order in which they are cut where they overlap with others. */
const GIVES_WAY = [Part.transfer, Part.rotation, Part.seek, Part.bus, Part.overhead] as const;

/**
 * Makes the parts add up to the whole: what is left over was spent with the bus, and what went on
 * before the command came (reading ahead that it could use) or beside the bus transfer is left out.
 */
export function balanceParts(parts: Float64Array, total: number): void {
  let rest = total;
  for (const part of parts) rest -= part;
  if (rest >= 0) {
    parts[Part.bus] += rest;
    return;
  }
  for (const part of GIVES_WAY) {
    const less = Math.min(parts[part], -rest);
    parts[part] -= less;
    rest += less;
  }
}
