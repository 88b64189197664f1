/** How requests cross between host and drive: packets on a full-duplex link. */
export interface LinkParameters {
  /** Time a byte of the whole link, ps. */
  readonly psPerByte: number;
  /** Payload a packet, bytes. */
  readonly packetBytes: number;
  /** Header and framing a packet, bytes. */
  readonly packetOverheadBytes: number;
  /** Bytes of a command, fetched by the drive. */
  readonly commandBytes: number;
  /** Bytes of a completion entry, written by the drive. */
  readonly completionBytes: number;
}

/** ONFI command and address cycles of one, two, three or four planes at once, ps; index is planes - 1. */
export interface CommandTimes {
  readonly readPs: readonly number[];
  readonly programPs: readonly number[];
  readonly erasePs: readonly number[];
}

/** Order in which consecutive logical pages go over channels, chips (ways), dies and planes. */
export const ALLOCATION_ORDERS = [
  'CWDP',
  'CWPD',
  'CDWP',
  'CDPW',
  'CPWD',
  'CPDW',
  'WCDP',
  'PDWC',
  'PCWD',
  'DPWC',
] as const;
export type AllocationOrder = (typeof ALLOCATION_ORDERS)[number];

export const COLLECTION_POLICIES = ['greedy', 'randomised-greedy'] as const;
export type CollectionPolicy = (typeof COLLECTION_POLICIES)[number];

export const WRITE_BUFFERS = ['off', 'volatile', 'protected'] as const;
/** `protected`: capacitors carry the buffer through a power loss, so a flush has nothing to wait for. */
export type WriteBuffer = (typeof WRITE_BUFFERS)[number];

export const SUSPENSIONS = ['none', 'erase', 'program-erase'] as const;
export type Suspension = (typeof SUSPENSIONS)[number];

/** Figures of a flash drive, in ps and bytes. A document is turned into this by `flashParameters`. */
export interface FlashParameters {
  /** Commands the host may have outstanding. */
  readonly queueDepth: number;
  /** Commands the drive works on at once; it fetches the rest when these complete. */
  readonly fetchDepth: number;
  readonly channels: number;
  readonly chipsPerChannel: number;
  readonly diesPerChip: number;
  readonly planesPerDie: number;
  readonly blocksPerPlane: number;
  readonly pagesPerBlock: number;
  /** 512 to 16384. */
  readonly pageBytes: number;
  readonly allocation: AllocationOrder;
  /** Share of the physical pages that the host does not see, 0..1. */
  readonly overProvisioning: number;
  /** Array times by page type (LSB, CSB, MSB, top), cycled by page number; as many as bits a cell. */
  readonly readPs: readonly number[];
  readonly programPs: readonly number[];
  readonly erasePs: number;
  readonly commands: CommandTimes;
  /** Time a byte on a channel, ps. */
  readonly channelPsPerByte: number;
  /** Whether the dies of a chip work independently; otherwise a chip takes one command at a time. */
  readonly independentDies: boolean;
  readonly suspension: Suspension;
  /** Time until a suspended die takes a read; an operation closer to its end than this is left alone, ps. */
  readonly suspendProgramPs: number;
  readonly suspendErasePs: number;
  /** Bytes of cached mapping entries; Infinity when the whole table is in the drive's memory. */
  readonly mappingCacheBytes: number;
  /** Free blocks, as a share of a plane's, below which it collects. */
  readonly collectionThreshold: number;
  /** The same below which collection goes before requests. */
  readonly collectionUrgent: number;
  readonly collectionPolicy: CollectionPolicy;
  /** Victims a plane works on at once. */
  readonly parallelCollections: number;
  readonly writeBuffer: WriteBuffer;
  readonly writeBufferBytes: number;
  /** Access to the buffer: fixed time and time a byte, ps. */
  readonly bufferLatencyPs: number;
  readonly bufferPsPerByte: number;
  readonly link: LinkParameters;
  /** Time the drive's firmware takes before it works on a command, ps. */
  readonly readOverheadPs: number;
  readonly writeOverheadPs: number;
  readonly flushOverheadPs: number;
  readonly discardOverheadPs: number;
  /** Share of the logical pages written once before the run, in order, 0..1. */
  readonly preconditionFill: number;
  /** Random page overwrites after that, as a multiple of the filled pages, 0..4. */
  readonly preconditionOverwrite: number;
}
