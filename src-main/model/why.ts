import type { EventRow } from '#model/tile';

/** What may become of a store, in the order in which it does. */
export const STORY_ROLES = ['store', 'fault', 'folio', 'reserved', 'block', 'write', 'cleaned'] as const;
export type StoryRole = (typeof STORY_ROLES)[number];

/** One link of the chain. */
export interface StoryPart {
  readonly role: StoryRole;
  /** Null where there was nothing of the kind. */
  readonly event: EventRow | null;
  /** In words, without time. */
  readonly text: string;
  /** What has to be said of it, such as that it was made by an earlier step; empty for nothing. */
  readonly note: string;
  /** Whether the other run has something else here. */
  readonly differs: boolean;
}

/** What became of one store in one run. */
export interface StoreStory {
  readonly run: string;
  /** Step of the store, -1 where only the page is known. */
  readonly step: number;
  readonly stepName: string;
  /** Page of the file. */
  readonly page: number;
  readonly parts: readonly StoryPart[];
}

/** The same store in two runs. */
export interface Why {
  readonly left: StoreStory;
  readonly right: StoreStory;
}
