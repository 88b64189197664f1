import { BlockRequests, IoCause, IoOperation, type Rwbs } from './block-requests.ts';
import type { ImportContext } from './importer.ts';
import type { RecordedRun } from './recording.ts';

/** Actions that are counted but say nothing about a request's times. */
const OTHER_ACTIONS: Readonly<Record<string, string>> = {
  A: 'remaps to another device',
  B: 'bounces',
  X: 'splits',
  P: 'plugs',
  U: 'unplugs',
  UT: 'unplugs by a timer',
  G: 'requests allocated',
  S: 'waits for a request',
  m: 'messages',
  mN: 'messages',
  AB: 'aborted requests',
};

/** Events of blktrace as requests on the timeline, whether blkparse printed them or they are binary. */
export class BlockTrace {
  readonly context: ImportContext;
  private readonly blocks: BlockRequests;
  private events = 0;

  constructor(context: ImportContext) {
    this.context = context;
    this.blocks = new BlockRequests(context);
  }

  /**
   * One action: Q, I, D, C, M, F, R or one of the others, as blkparse names them.
   * @param time ps
   */
  action(
    time: number,
    action: string,
    device: number,
    rwbs: Rwbs | null,
    sector: number,
    sectors: number,
    command: string,
  ): void {
    this.events++;
    const other = OTHER_ACTIONS[action];
    if (other !== undefined) {
      this.context.leftAside.add(other);
      return;
    }
    if (rwbs === null) {
      this.context.leftAside.add('passed-through commands');
      return;
    }
    const why = causeOf(rwbs, command);
    switch (action) {
      case 'Q':
        this.blocks.queue(time, device, rwbs, sector, sectors, -1, why);
        return;
      case 'I':
        this.blocks.insert(time, device, sector);
        return;
      case 'M':
      case 'F':
        this.blocks.merge(time, device, sector, sectors, -1, why);
        this.context.taken.add('merged bios');
        return;
      case 'D':
        this.blocks.issue(time, device, rwbs, sector, sectors, -1, why);
        return;
      case 'C':
        this.blocks.complete(time, device, rwbs, sector, sectors);
        return;
      case 'R':
        this.blocks.requeue(device, sector);
        return;
      default:
        this.context.fail(`"${action}" is no action of blktrace`, 'Q, I, D, C, M, F, R, A, X, P, U, UT, G, S, B or m');
    }
  }

  end(): RecordedRun {
    if (this.events === 0) this.context.fail('there are no events in this file', 'a trace with events');
    this.blocks.end();
    return this.context.recording.finish({ names: { disk: this.blocks.deviceNames } });
  }
}

function causeOf(rwbs: Rwbs, command: string): number {
  if (command.startsWith('jbd2/') || command.startsWith('xfsaild')) return IoCause.journal;
  if (rwbs.metadata) return IoCause.metadata;
  if (rwbs.operation === IoOperation.read) return rwbs.readahead ? IoCause.readahead : IoCause.read;
  if (rwbs.operation === IoOperation.flush) return IoCause.sync;
  if (rwbs.operation !== IoOperation.write) return IoCause.other;
  if (command.startsWith('kswapd')) return IoCause.reclaim;
  return rwbs.sync ? IoCause.sync : IoCause.writeback;
}
