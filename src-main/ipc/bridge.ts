import type { Answer, Channel, Message, Request, Topic } from './contract.ts';

/** What the preload script puts on the page as `window.faultline`. */
export interface Bridge {
  readonly calls: { readonly [C in Channel]: (request: Request<C>) => Promise<Answer<C>> };
  readonly topics: { readonly [T in Topic]: (listener: (message: Message<T>) => void) => () => void };
}
