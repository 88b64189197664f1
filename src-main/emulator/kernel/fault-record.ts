import type { AddressSpace, Vma } from './address-space.ts';

/** Why SIGBUS, argument `c` of its event. */
export const SigbusWhy = { beyondFile: 0, noSpace: 1, protection: 2 } as const;

/**
 * What the parts of one fault tell each other. A task is in one fault at a time and has one record, filled anew
 * each time.
 */
export class Fault {
  space!: AddressSpace;
  vma!: Vma;
  vpn = 0;
  /** Byte address. */
  address = 0;
  write = false;
  /** Page of the file. */
  page = 0;
  /** No page was found in the cache. */
  major = false;
  /** It has been retried: it lets go of its locks no more. */
  tried = false;
  retries = 0;
  /** The kernel faults for the task (populate): under the lock of the whole address space from the start. */
  forTask = false;
  why: number = SigbusWhy.beyondFile;
  /** Its event, and what caused it. */
  event = -1;
  cause = -1;
}
