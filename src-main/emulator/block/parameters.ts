import type { DeadlineParameters } from './deadline-queues.ts';

const MS = 1e9; // ps

export const SCHEDULERS = ['none', 'mq-deadline', 'elevator-2005'] as const;
export type SchedulerName = (typeof SCHEDULERS)[number];

/** How a request queue is set up. Times in ps, sizes in sectors of 512 bytes. */
export interface BlockQueueOptions {
  readonly scheduler: SchedulerName;
  readonly deadlines: DeadlineParameters;
  /** Bound on requests held (`nr_requests`); submitters wait beyond it. */
  readonly requests: number;
  /** Whether the bound holds for reads and writes apart, as it did before blk-mq. */
  readonly boundPerDirection: boolean;
  /** Largest request merging may build, sectors (`max_sectors_kb` times 2). Larger submissions are split. */
  readonly maxSectors: number;
  /** Who holds requests back so that neighbours meet: the submitting task, or the queue itself as before 2.6.39. */
  readonly plugging: 'task' | 'device';
  /** Requests after which a plug gives way. */
  readonly plugRequests: number;
  /** Request size after which a task's plug gives way, sectors. */
  readonly plugSectors: number;
  /** Age after which a device plug gives way, ps. */
  readonly plugPs: number;
  /** Whether the disk has a volatile write cache: without one, flush and FUA cost nothing. */
  readonly writeCache: boolean;
  /** Whether the disk takes FUA; otherwise a FUA write is followed by a flush. */
  readonly fua: boolean;
}

interface Preset extends BlockQueueOptions {
  readonly source: string;
}

/**
 * Defaults of mq-deadline and of the deadline elevator: the same four figures since 2002.
 * Source: Linux Documentation/block/deadline-iosched (docs.kernel.org/block/deadline-iosched.html) and
 * the constants at the head of block/mq-deadline.c and, in 2.6.11, drivers/block/deadline-iosched.c.
 */
export const DEADLINE_DEFAULTS: DeadlineParameters = {
  readExpirePs: 500 * MS,
  writeExpirePs: 5000 * MS,
  fifoBatch: 16,
  writesStarved: 2,
};

/** A deferred flush waits for data of other flushes at most this long (Linux block/blk-flush.c). */
export const FLUSH_PENDING_TIMEOUT_PS = 5000 * MS;

const MODERN = {
  deadlines: DEADLINE_DEFAULTS,
  boundPerDirection: false,
  maxSectors: 2560, // BLK_DEF_MAX_SECTORS, 1280 KiB
  plugging: 'task',
  plugRequests: 32, // BLK_MAX_REQUEST_COUNT
  plugSectors: 256, // BLK_PLUG_FLUSH_SIZE, 128 KiB
  plugPs: Infinity,
  writeCache: true,
  fua: true,
} as const;

/** Request queues as kernels set them up by default. */
export const BLOCK_PRESETS = {
  /** One hardware queue: SATA disks. */
  'linux-6-sata': {
    ...MODERN,
    scheduler: 'mq-deadline',
    requests: 64, // twice the 32 tags of NCQ
    fua: false, // libata.fua is off by default
    source: 'Linux 6.x block/blk-mq-sched.c, block/blk-flush.c, include/linux/blkdev.h; docs.kernel.org/block',
  },
  /** Many hardware queues: NVMe. */
  'linux-6-nvme': {
    ...MODERN,
    scheduler: 'none',
    requests: 1023,
    source: 'Linux 6.x drivers/nvme/host/pci.c (queue depth 1024), docs.kernel.org/block',
  },
  /** virtio-blk and other single-queue fast disks. */
  'linux-6-virtio': {
    ...MODERN,
    scheduler: 'mq-deadline',
    requests: 256,
    fua: false,
    source: 'Linux 6.x drivers/block/virtio_blk.c: write cache by feature bit, no FUA; docs.kernel.org/block',
  },
  /** The 2005 workstation: one elevator, plugged device. */
  'linux-2.6.11': {
    scheduler: 'elevator-2005',
    deadlines: DEADLINE_DEFAULTS,
    requests: 128, // BLKDEV_MAX_RQ
    boundPerDirection: true,
    maxSectors: 1024, // SCSI_DEFAULT_MAX_SECTORS, 512 KiB
    plugging: 'device',
    plugRequests: 4, // unplug_thresh
    plugSectors: Infinity,
    plugPs: 3 * MS, // unplug_delay
    writeCache: true,
    fua: false,
    source: 'Linux 2.6.11 drivers/block/ll_rw_blk.c and deadline-iosched.c, Documentation/block/biodoc.txt',
  },
} as const satisfies Record<string, Preset>;
export type BlockPresetName = keyof typeof BLOCK_PRESETS;
