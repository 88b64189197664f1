import type { DiskOp } from '../disk.ts';

/** Commands that wait in the drive, in order of arrival. Columns, so that nothing is allocated a command. */
export class CommandQueue {
  length = 0;
  readonly arrival: Float64Array;
  readonly op: Uint8Array;
  readonly first: Float64Array;
  readonly count: Float64Array;
  readonly flags: Uint8Array;
  readonly tag: Float64Array;
  /** How often a later command went first. */
  readonly passedOver: Uint16Array;

  constructor(depth: number) {
    this.arrival = new Float64Array(depth);
    this.op = new Uint8Array(depth);
    this.first = new Float64Array(depth);
    this.count = new Float64Array(depth);
    this.flags = new Uint8Array(depth);
    this.tag = new Float64Array(depth);
    this.passedOver = new Uint16Array(depth);
  }

  push(arrival: number, op: DiskOp, first: number, count: number, flags: number, tag: number): void {
    const place = this.length++;
    this.arrival[place] = arrival;
    this.op[place] = op;
    this.first[place] = first;
    this.count[place] = count;
    this.flags[place] = flags;
    this.tag[place] = tag;
    this.passedOver[place] = 0;
  }

  /** Takes a command out; those before it have been passed over. */
  remove(place: number): void {
    const last = --this.length;
    for (let i = 0; i < place; i++) this.passedOver[i]++;
    this.arrival.copyWithin(place, place + 1, last + 1);
    this.op.copyWithin(place, place + 1, last + 1);
    this.first.copyWithin(place, place + 1, last + 1);
    this.count.copyWithin(place, place + 1, last + 1);
    this.flags.copyWithin(place, place + 1, last + 1);
    this.tag.copyWithin(place, place + 1, last + 1);
    this.passedOver.copyWithin(place, place + 1, last + 1);
  }
}
