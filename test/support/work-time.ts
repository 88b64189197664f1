/** Time that does not depend on what else the machine does meanwhile. */

/** Processor time of this thread that `work` takes, ms. Others who want the processor do not add to it. */
export function processorMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
