import type { Answer, Channel, Message, Request, Topic } from './contract.ts';

/** A DOM `File`: this room has no DOM types, and needs nothing of it. */
export type BridgeFile = object;

/** What the preload script puts on the page as `window.faultline`. */
export interface Bridge {
  readonly calls: { readonly [C in Channel]: (request: Request<C>) => Promise<Answer<C>> };
  /** Path of a file that was dropped on the window; empty for one that was not. */
  readonly pathOf: (file: BridgeFile) => string;
  readonly topics: { readonly [T in Topic]: (listener: (message: Message<T>) => void) => () => void };
}
