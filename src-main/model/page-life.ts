/** What a page of a file is at a moment, from the kernel's side: what its folio and its PTEs say. */
export const PAGE_STATES = [
  /** Not in the page cache. */
  'absent',
  /** In the page cache, with no PTE that is known of, and the same as on disk. */
  'cached',
  /** A load has mapped it; nothing that the kernel knows of has been stored. */
  'read-mapped',
  /** A store has faulted and waits for the handler. */
  'trapped',
  'dirty',
  /** On its way to the disk. */
  'writeback',
  /** Cached, and written since it was dirty last. */
  'clean',
  /** Space ran out when it was to be written: what was stored is gone. */
  'lost',
] as const;
export type PageState = (typeof PAGE_STATES)[number];

/** A stretch of a page's life in one state. Times in ps. */
export interface PageStretch {
  readonly state: PageState;
  readonly from: number;
  readonly to: number;
  /** Index of the event that began it, -1 for the run's beginning. */
  readonly event: number;
}

/** An event that has to do with the page. Times in ps. */
export interface PageMark {
  readonly event: number;
  readonly kind: number;
  readonly time: number;
  readonly duration: number;
}

/** The whole life of one page of a file, from the first moment of a run to its last. */
export interface PageLife {
  /** Number of the file in the run's events. */
  readonly file: number;
  /** Page of the file, of 4096 bytes. */
  readonly page: number;
  /** Virtual addresses at which it was mapped, in the order of mapping; empty where the run does not tell. */
  readonly addresses: readonly number[];
  /** One after the other, without gaps; neighbours differ in state. */
  readonly stretches: readonly PageStretch[];
  /** By time. */
  readonly marks: readonly PageMark[];
  /** Whether all stretches and marks are here; a page that is stored to for ever has more than anybody reads. */
  readonly complete: boolean;
}
