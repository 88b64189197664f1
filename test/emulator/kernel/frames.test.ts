import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frames, NO_FRAME } from '#emulator/kernel/frames';

interface Block {
  readonly frame: number;
  readonly order: number;
}

/** Takes (order 0 to 10) and gives back (the n-th block taken and not given back yet), in turn by chance. */
const actions = fc.array(
  fc.oneof(fc.record({ take: fc.integer({ min: 0, max: 10 }) }), fc.record({ giveBack: fc.nat({ max: 1000 }) })),
  { maxLength: 120 },
);

describe('the buddy allocator of frames', () => {
  it('hands out the lowest frames of a fresh memory first', () => {
    const frames = new Frames(1 << 20);
    expect([0, 0, 1, 10, 0].map((order) => frames.allocate(order))).toEqual([0, 1, 2, 1024, 4]);
  });

  it('begins with what is left behind the last of the largest blocks', () => {
    const frames = new Frames(2048 + 3);
    expect([0, 0, 0, 0].map((order) => frames.allocate(order))).toEqual([2050, 2048, 2049, 0]);
  });

  it('takes a block that was given back before one that was never taken', () => {
    const frames = new Frames(4096);
    const first = frames.allocate(10);
    frames.allocate(10);
    frames.release(first, 10);
    expect(frames.allocate(10)).toBe(first);
    expect(frames.allocate(10)).toBe(2048);
  });

  it('has none left when all are taken, and makes whole blocks of what comes back', () => {
    const frames = new Frames(3 * 1024);
    const taken = Array.from({ length: 3 * 1024 }, () => frames.allocate(0));
    expect(new Set(taken).size).toBe(3 * 1024);
    expect(frames.free).toBe(0);
    expect(frames.allocate(0)).toBe(NO_FRAME);
    for (const frame of taken) frames.release(frame, 0);
    expect(frames.free).toBe(3 * 1024);
    const whole = [frames.allocate(10), frames.allocate(10), frames.allocate(10)];
    expect(whole.sort((a, b) => a - b)).toEqual([0, 1024, 2048]);
  });

  it('never hands a frame out twice, keeps blocks aligned, and counts what is free', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), actions, (count, todo) => {
        const frames = new Frames(count);
        const held: Block[] = [];
        const used = new Uint8Array(count);
        for (const action of todo) {
          if ('take' in action) {
            const order = action.take;
            const frame = frames.allocate(order);
            if (frame === NO_FRAME) continue;
            expect(frame % (1 << order)).toBe(0);
            expect(frame + (1 << order)).toBeLessThanOrEqual(count);
            expect(used.subarray(frame, frame + (1 << order)).includes(1)).toBe(false);
            used.fill(1, frame, frame + (1 << order));
            held.push({ frame, order });
          } else if (held.length > 0) {
            const [{ frame, order }] = held.splice(action.giveBack % held.length, 1);
            used.fill(0, frame, frame + (1 << order));
            frames.release(frame, order);
          }
          expect(frames.free).toBe(count - held.reduce((sum, { order }) => sum + (1 << order), 0));
        }
      }),
      { numRuns: 60 },
    );
  });
});
