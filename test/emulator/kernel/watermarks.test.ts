import { describe, expect, it } from 'vitest';
import type { Watermark } from '#model/events';
import { experimentJson, planOf, run } from './plan.ts';

/** The watermarks of a run of Deadlock City, with its memory and reserve or others. */
function watermarksOf(change: Record<string, unknown>): readonly Watermark[] | undefined {
  const experiment = { ...experimentJson('deadlock-city'), ...change };
  const { outcome } = run(planOf(experiment, { kernel: 'linux-2.6.11', filesystem: 'plain-16k', policy: 'P1' }));
  expect(outcome.lanes.filter(({ watermarks }) => watermarks !== undefined)).toHaveLength(1);
  return outcome.lanes.find(({ name }) => name === 'free frames')?.watermarks;
}

describe('the lane of free frames', () => {
  it('has min, low and high as Linux sets them for that much memory', () => {
    // sqrt(64 MiB in KiB * 16) KiB is 1024 KiB: 256 frames; low and high are 5/4 and 3/2 of it.
    expect(watermarksOf({ memory: '64 MiB', reserve: undefined })).toEqual([
      { name: 'min', value: 256 },
      { name: 'low', value: 320 },
      { name: 'high', value: 384 },
    ]);
  });

  it('has one value for all three where the experiment sets a reserve', () => {
    expect(watermarksOf({ memory: '64 MiB', reserve: '1 MiB' })?.map(({ value }) => value)).toEqual([256, 256, 256]);
  });
});
