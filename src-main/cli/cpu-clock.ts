/** CPU time of this process, all its threads, in ms: speeds are measured on it, so that other work on the machine matters less. */
export function cpuClock(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
