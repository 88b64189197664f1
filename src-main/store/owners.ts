/** Tells processes apart that save into one library: a number that is in use again is not the same process. */

/** Clock corrections move a process's apparent start; starts this close are one, ms. */
const TOLERANCE_MS = 5_000;
/** A save that has not moved for this long is over, whoever has its process number now, ms. */
const LONGEST_PAUSE_MS = 24 * 3600_000;

/** `pid:start of the process in ms`. The same in all threads of a process. */
export function ownerOfThisProcess(): string {
  return `${process.pid}:${startOfThisProcess()}`;
}

/** Whether the process that wrote this owner may still be at it. */
export function isAlive(owner: string, touchedAt: string, now: Date): boolean {
  const [pid, start] = owner.split(':').map(Number);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (pid === process.pid) return Math.abs(start - startOfThisProcess()) < TOLERANCE_MS;
  if (now.getTime() - Date.parse(touchedAt) > LONGEST_PAUSE_MS) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function startOfThisProcess(): number {
  return Math.round(Date.now() - process.uptime() * 1000);
}
