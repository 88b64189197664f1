/** Bits of an x86-64 page-table entry (Intel SDM vol. 3A, 4.5; AMD APM vol. 2, 5.4), low 12 bits. */
export const Pte = {
  present: 0x001,
  writable: 0x002,
  user: 0x004,
  accessed: 0x020,
  dirty: 0x040,
  /** In a page-directory entry: maps 2 MiB. */
  huge: 0x080,
} as const;

/** Bytes of the base page. */
export const PAGE_BYTES = 4096;
/** Pages a 2 MiB entry maps. */
export const HUGE_PAGES = 512;

/**
 * The page table of one address space: four levels of 512 64-bit entries. Virtual page numbers (`vpn`)
 * are 36 bits, frame numbers 40 bits, both in doubles. The memory path sets accessed and dirty bits.
 */
export interface PageTable {
  /** Flag bits of the entry that maps `vpn` (with `Pte.huge` when it is a 2 MiB one), 0 when none is present. */
  flags(vpn: number): number;
  /** Frame number that `vpn` maps to (inside a 2 MiB entry: of that page); -1 when not present. */
  frame(vpn: number): number;
  /** Installs a 4 KiB entry. */
  set(vpn: number, frame: number, flags: number): void;
  /** Installs a 2 MiB entry; `vpn` and `frame` are multiples of 512. */
  setHuge(vpn: number, frame: number, flags: number): void;
  /** Changes flag bits of a present entry: `(flags & ~clear) | set`. No effect when absent. */
  change(vpn: number, clear: number, set: number): void;
  /** Removes the entry and returns the flags it had (the hardware's accessed and dirty bits among them). */
  clear(vpn: number): number;
  /** Present entries (a 2 MiB entry counts 512). */
  readonly mapped: number;
}
