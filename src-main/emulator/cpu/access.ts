/** What an access does. */
export const AccessKind = { load: 0, store: 1, /** Bypasses the caches (MOVNT). */ ntStore: 2 } as const;
export type AccessKind = (typeof AccessKind)[keyof typeof AccessKind];

/** Order in which a batch visits the slots of its range; slot i is at `base + offset + i * stride`. */
export const AccessOrder = {
  sequential: 0,
  /** Uniform random slots, `seed` decides. */
  random: 1,
  /** Zipf-distributed slots with exponent `skew`. */
  zipf: 2,
  /** `hotShare` of the accesses go to the first `hotSlots` of the slots. */
  hotCold: 3,
  /** One random cycle through all slots; each load depends on the one before. */
  chase: 4,
  /** Slots named one by one in `trace`. */
  trace: 5,
} as const;
export type AccessOrder = (typeof AccessOrder)[keyof typeof AccessOrder];

/** A batch of accesses of one shape, resolved to virtual addresses. All sizes in bytes. */
export interface AccessBatch {
  readonly order: AccessOrder;
  readonly kind: AccessKind;
  /** Of mixed batches: share of stores, 0..1; the others are loads. Only with `kind` store. */
  readonly storeShare: number;
  /** Virtual address of the range. */
  readonly base: number;
  /** Where in its slot an access lands. */
  readonly offset: number;
  readonly stride: number;
  /** Slots in the range: at least 1. */
  readonly slots: number;
  /** Accesses to make; a sequential batch wraps round. */
  readonly count: number;
  /** Bytes an access touches, 1..64. */
  readonly width: number;
  readonly seed: number;
  readonly skew: number;
  readonly hotShare: number;
  readonly hotSlots: number;
  /** Each load waits for the one before. Absent: only in a chase. */
  readonly dependent?: boolean;
  /** With order `trace`: byte offsets from `base`, the lowest bit of `traceKinds[i]` says store. */
  readonly trace?: Float64Array;
  readonly traceKinds?: Uint8Array;
}
