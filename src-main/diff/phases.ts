import type { PhaseChange, PhaseValues } from '#model/diff';
import type { PhaseMetrics } from '#model/metrics';

/** Steps that are not the same in all runs, by thread and step, in the order in which they first ended anywhere. A step that a loop repeats is aligned turn by turn. */
export function comparePhases(runs: readonly (readonly PhaseMetrics[])[]): PhaseChange[] {
  const rows = new Map<string, { thread: number; step: number; name: string; values: (PhaseValues | null)[] }>();
  runs.forEach((phases, run) => {
    const turns = new Map<string, number>();
    for (const phase of phases) {
      const place = `${phase.thread}/${phase.step}`;
      const turn = turns.get(place) ?? 0;
      turns.set(place, turn + 1);
      const key = `${place}/${turn}`;
      let row = rows.get(key);
      if (row === undefined) {
        row = { thread: phase.thread, step: phase.step, name: phase.name, values: runs.map(() => null) };
        rows.set(key, row);
      }
      row.values[run] = valuesOf(phase);
    }
  });
  const differs = (values: readonly (PhaseValues | null)[]): boolean =>
    values.some((value) => JSON.stringify(value) !== JSON.stringify(values[0]));
  return [...rows.values()].filter((row) => differs(row.values));
}

function valuesOf({ startNs, endNs, minor, major, sigbus, instantiatedKiB, dirtyPages }: PhaseMetrics): PhaseValues {
  return { startNs, durationNs: endNs - startNs, minor, major, sigbus, instantiatedKiB, dirtyPages };
}
