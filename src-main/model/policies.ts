/** How a file system gives blocks to the holes of a mapped file. */
export interface PolicyInfo {
  readonly id: string;
  readonly name: string;
  /** Two sentences: what happens, and what is wrong or right with it. */
  readonly explanation: string;
  /** Who proposed it, and where it can be read. */
  readonly source: string;
}

const THREAD = 'linux-fsdevel, 27 January to 16 February 2005, thread on filling holes under mmap';

/** Every fault policy, in the order of the discussion. */
export const POLICIES = [
  {
    id: 'P0',
    name: 'allocate at mmap',
    explanation:
      'Every block of a writable mapping is allocated when it is mapped, so that no later store can meet a hole. The whole range is filled even if nothing is ever stored.',
    source: 'ntfs3 does so today (fs/ntfs3/file.c)',
  },
  {
    id: 'P1',
    name: 'fill at nopage',
    explanation:
      "Any fault, read or write, allocates the page's block, zeroes it and dirties all its pages. Reading a sparse file fills its holes.",
    source: `Andrew Morton; Bryan Henderson's large-block driver (${THREAD})`,
  },
  {
    id: 'P2',
    name: 'write access passed to nopage',
    explanation:
      'The fault is told whether it came from a store, and only then allocates; a read maps the page read-only. A page that was read first takes a second fault at its first store, which this policy handles as another nopage fault.',
    source: `Andrew Morton (${THREAD})`,
  },
  {
    id: 'P2-writable',
    name: 'write access passed to nopage, read faults map writable',
    explanation:
      'As P2, but a read fault installs a writable PTE, so that a later store to the page is never seen and meets the hole at writeback. This is the first of the two defects that Hugh Dickins named in the then current patch.',
    source: `Hugh Dickins (${THREAD})`,
  },
  {
    id: 'P3',
    name: 'allocate at writepage',
    explanation:
      "Stores only dirty the page; its block is allocated, and the block's other pages are added and zeroed, when the page is cleaned. Cleaning a page then needs new pages: Deadlock City, and ENOSPC surfaces when nobody can be told.",
    source: `the naive way, discussed in ${THREAD}`,
  },
  {
    id: 'P4',
    name: 'lock and add companions at writepage',
    explanation:
      'As P3, with a helper that finds or creates all pages of the block in ascending order and locks them. Ascending order cures the lock-order deadlock, not the one for memory.',
    source: `Anton Altaparmakov, RFC find_or_create_pages (${THREAD})`,
  },
  {
    id: 'P4-nonblocking',
    name: 'lock and add companions at writepage, non-blocking',
    explanation:
      'As P4, but it only tries: a lock that is held (-EDEADLK), a truncated page (-ESTALE) or a missing frame (-ENOMEM) redirties the page for a later attempt. It never blocks, and so may retry for ever.',
    source: `Anton Altaparmakov, RFC find_or_create_pages (${THREAD})`,
  },
  {
    id: 'P5',
    name: 'write-protect handler, allocate now',
    explanation:
      "A read fault maps the page write-protected; the first store traps, and the file system allocates the whole folio's blocks before the PTE becomes writable. One trap per first store, and again after each cleaning.",
    source: `Bryan Henderson, citing AIX; David Howells' page_mkwrite (${THREAD})`,
  },
  {
    id: 'P5-delayed',
    name: 'write-protect handler, reserve and allocate later',
    explanation:
      'As P5, but the trapped store only reserves space, and blocks are chosen at writeback. Out of space is still told to the store, because the reservation is made there.',
    source: 'ext4 and XFS delayed allocation under page_mkwrite (fs/ext4/inode.c, fs/iomap/buffered-io.c)',
  },
  {
    id: 'P5-by-page',
    name: 'write-protect handler, companions one page at a time',
    explanation:
      'As P5, but the pages of a block larger than the page are taken one after another while the earlier ones are held. That is hold-and-wait: two faulters, or a reclaimer, can stop each other.',
    source: `discussed in ${THREAD}`,
  },
  {
    id: 'P6',
    name: 'present companions only',
    explanation:
      'At writepage only the companions that are in the cache are locked; zeros for absent ones go straight to disk, and no page is added. Cleaning needs no memory, but ENOSPC is still late: data is lost at writeback.',
    source: `Anton Altaparmakov, 4 February 2005 (${THREAD})`,
  },
  {
    id: 'tmpfs',
    name: 'tmpfs',
    explanation:
      'The page is the storage: any fault, read or write, instantiates it, and shared mappings are writable from the start. It is P1 without a disk, and there is no write protection.',
    source: 'mm/shmem.c',
  },
] as const satisfies readonly PolicyInfo[];

export type PolicyId = (typeof POLICIES)[number]['id'];
export const POLICY_IDS: readonly PolicyId[] = POLICIES.map((policy) => policy.id);

/** What an experiment may ask for: a policy, or the file system's own. */
export type PolicyChoice = PolicyId | 'native';
