/**
 * What the policies differ in, as far as locks and frames go: a table of facts. The rules that read it
 * (transitions.ts) are the same for all. Sources: the thread on linux-kernel and linux-fsdevel,
 * 27 January - 16 February 2005; README.md argues each line.
 */

/** Names of the explorer's policies, in the order of the verdict table. */
export const EXPLORER_POLICIES = ['P1', 'P3', 'P4', 'P4-nonblocking', 'P5-by-page', 'P5-folio', 'P6'] as const;
export type ExplorerPolicy = (typeof EXPLORER_POLICIES)[number];

/** In which order the pages of a block are locked. */
export type CollectOrder =
  /** The page at hand first, because the caller comes with it locked; then the others ascending. */
  | 'own-first'
  /** Ascending page number, whichever page it is about: nothing may be held when it begins. */
  | 'ascending';

export interface PolicyRules {
  /** One line for people. */
  readonly title: string;
  /**
   * What a fault must have before its store may dirty a page of a block that is not backed yet.
   * `nothing`: the page alone. `collect`: every page of the block, one at a time, held locked meanwhile.
   * `folio`: every page of the block in one allocation; the block is then cached, dirtied, cleaned and
   * freed as one.
   */
  readonly prepare: 'nothing' | 'collect' | 'folio';
  readonly prepareOrder: CollectOrder;
  /**
   * What cleaning a page of a block that is not backed yet takes. `plain`: nothing, because no such page
   * is ever dirty. `collect`: every page of the block; absent ones are added to the cache.
   * `collect-present`: those in the cache; zeros for absent ones go straight to disk.
   */
  readonly clean: 'plain' | 'collect' | 'collect-present';
  readonly cleanOrder: CollectOrder;
  /** Whether cleaning sleeps for a lock or a frame; if not, it gives up and the page stays dirty. */
  readonly cleanBlocks: boolean;
}

export const POLICY_RULES: Readonly<Record<ExplorerPolicy, PolicyRules>> = {
  P1: {
    title: 'fill at nopage',
    prepare: 'collect',
    prepareOrder: 'ascending',
    clean: 'plain',
    cleanOrder: 'ascending',
    cleanBlocks: true,
  },
  P3: {
    title: 'allocate at writepage, the naive way',
    prepare: 'nothing',
    prepareOrder: 'own-first',
    clean: 'collect',
    cleanOrder: 'own-first',
    cleanBlocks: true,
  },
  P4: {
    title: 'helper at writepage, ascending locks',
    prepare: 'nothing',
    prepareOrder: 'own-first',
    clean: 'collect',
    cleanOrder: 'ascending',
    cleanBlocks: true,
  },
  'P4-nonblocking': {
    title: 'helper at writepage, trylock and no waiting for frames',
    prepare: 'nothing',
    prepareOrder: 'own-first',
    clean: 'collect',
    cleanOrder: 'ascending',
    cleanBlocks: false,
  },
  'P5-by-page': {
    title: 'write-protect handler, companions one page at a time',
    prepare: 'collect',
    prepareOrder: 'own-first',
    clean: 'plain',
    cleanOrder: 'ascending',
    cleanBlocks: true,
  },
  'P5-folio': {
    title: 'write-protect handler, the whole folio at once',
    prepare: 'folio',
    prepareOrder: 'own-first',
    clean: 'plain',
    cleanOrder: 'ascending',
    cleanBlocks: true,
  },
  P6: {
    title: 'present companions only at writepage',
    prepare: 'nothing',
    prepareOrder: 'own-first',
    clean: 'collect-present',
    cleanOrder: 'ascending',
    cleanBlocks: true,
  },
};
