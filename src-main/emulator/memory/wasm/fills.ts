// Fill buffers: lines on their way to a core, and the loads that wait for them.
import { latencyOf } from './tlb';
import { addTime, Core, FROM_CORE, FROM_MEMORY, machine } from './state';

export const NEVER: i64 = 0x7fffffffffffffff;

// The clock goes through these as a value: from one load to the next it is the longest chain there is, and a detour over
// memory at every step would be half of it.

/** The later of two times, without a branch. */
// @ts-ignore: decorator
@inline
export function latest(a: f64, b: f64): f64 {
  return f64x2.extract_lane(f64x2.pmax(f64x2.splat(a), f64x2.splat(b)), 0);
}

/** Loads too far behind the one at `now` must retire first; returns when they have. */
export function retireLoads(core: Core, now: f64, sequence: i64): f64 {
  const m = machine();
  const n = m.fillBuffers;
  core.stallAt = NEVER;
  // What was found to have arrived needs no second look.
  let seen = core.doneFills;
  let k = core.nextFill + seen;
  if (k >= n) k -= n;
  for (; seen < n; seen++) {
    const index = load<i64>(core.fillIndex + (<usize>k << 3));
    const due = load<f64>(core.fillReady + (<usize>k << 3));
    if (index >= 0 && due > now) {
      if (sequence - index < m.loadWindow) {
        core.stallAt = index + m.loadWindow;
        break;
      }
      addTime(core, load<u32>(core.fillCause + (<usize>k << 2)), due - now);
      now = due;
    }
    k = k + 1 == n ? 0 : k + 1;
  }
  core.doneFills = seen;
  return now;
}

/** When the next fill buffer is free for a load at `now`, which waits until then. */
// @ts-ignore: decorator
@inline
export function waitForFill(core: Core, now: f64): f64 {
  const k = <usize>core.nextFill;
  const free = latest(load<f64>(core.fillReady + (k << 3)), now);
  addTime(core, load<u32>(core.fillCause + (k << 2)), free - now);
  return free;
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
  if (core.doneFills > 0) core.doneFills -= 1;
}

/** When a line that `from` serves, asked for at `start` (the clock is at `now`), arrives: its path carries one line at a time. */
// @ts-ignore: decorator
@inline
export function arrival(core: Core, from: u32, start: f64, now: f64): f64 {
  const latency = latencyOf(core, from, now);
  if (from == FROM_CORE) return start + latency;
  const transfer = from == FROM_MEMORY ? machine().memoryTransfer : from == 0 ? core.level0.transfer : from == 1 ? core.level1!.transfer : core.level2!.transfer;
  const at = core.pathFree + (<usize>from << 3);
  const begin = latest(start, load<f64>(at));
  store<f64>(at, begin + transfer);
  return begin + latency;
}
