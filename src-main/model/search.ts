/** What an event's `address` can be sought by. */
export const PLACE_KINDS = ['virtual address', 'file page', 'sector'] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

/** Which events of a run are sought, wherever in time. Every given condition must hold; absent ones do not restrict. */
export interface EventCriteria {
  readonly kinds?: readonly number[];
  readonly lanes?: readonly number[];
  /** Events that touch a place from `from` to `to`, both inclusive; a folio or a request touches all it covers. */
  readonly place?: { readonly of: PlaceKind; readonly from: number; readonly to: number };
  /** Events of a thread, by its number: its own, and what follows from them. */
  readonly thread?: number;
  /** Events that follow from an event of this kind, directly or by way of others. */
  readonly causedBy?: number;
  /** ps, both inclusive. */
  readonly duration?: { readonly least?: number; readonly most?: number };
}

/** How far a search has come. */
export interface SearchProgress {
  /** Events looked at. */
  readonly searched: number;
  /** Events of the run. */
  readonly events: number;
  /** Events found so far. */
  readonly hits: number;
  readonly complete: boolean;
}
