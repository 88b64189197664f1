// Fill buffers: lines on their way to a core, and the loads that wait for them.
import { latencyOf } from './tlb';
import { Core, FROM_CORE, FROM_MEMORY, later, machine, waitUntil } from './state';

export const NEVER: i64 = 0x7fffffffffffffff;

/** Loads too far behind the present one must retire first. */
export function retireLoads(core: Core): void {
  const m = machine();
  const n = m.fillBuffers;
  core.stallAt = NEVER;
  let k = core.nextFill;
  for (let seen: u32 = 0; seen < n; seen++) {
    const index = load<i64>(core.fillIndex + (<usize>k << 3));
    const due = load<f64>(core.fillReady + (<usize>k << 3));
    if (index >= 0 && due > core.now) {
      if (core.sequence - index < m.loadWindow) {
        core.stallAt = index + m.loadWindow;
        return;
      }
      waitUntil(core, load<u32>(core.fillCause + (<usize>k << 2)), due);
    }
    k = k + 1 == n ? 0 : k + 1;
  }
}

/** Takes the oldest fill buffer for a line that arrives at `due`. */
// @ts-ignore: decorator
@inline
export function fill(core: Core, due: f64, cause: u32, index: i64): void {
  const k = core.nextFill;
  store<f64>(core.fillReady + (<usize>k << 3), due);
  store<u32>(core.fillCause + (<usize>k << 2), cause);
  store<i64>(core.fillIndex + (<usize>k << 3), index);
  core.nextFill = k + 1 == machine().fillBuffers ? 0 : k + 1;
}

/** When a line that `from` serves, asked for at `start`, arrives: its path carries one line at a time. */
// @ts-ignore: decorator
@inline
export function arrival(core: Core, from: u32, start: f64): f64 {
  const latency = latencyOf(core, from, core.now);
  if (from == FROM_CORE) return start + latency;
  const transfer = from == FROM_MEMORY ? machine().memoryTransfer : from == 0 ? core.level0.transfer : from == 1 ? core.level1!.transfer : core.level2!.transfer;
  const at = core.pathFree + (<usize>from << 3);
  const begin = later(start, load<f64>(at));
  store<f64>(at, begin + transfer);
  return begin + latency;
}
