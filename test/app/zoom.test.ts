import { expect, it } from 'vitest';
import { zoomAfter } from '../../src-main/app/zoom.ts';

it('zooms the page in steps, from any size, and stops at both ends', () => {
  expect(zoomAfter(1, 'in')).toBe(1.1);
  expect(zoomAfter(1, 'out')).toBe(0.9);
  expect(zoomAfter(1.3, 'in')).toBe(1.5);
  expect(zoomAfter(1.3, 'out')).toBe(1.25);
  expect(zoomAfter(2.5, 'actual')).toBe(1);
  expect([zoomAfter(3, 'in'), zoomAfter(0.5, 'out')]).toEqual([3, 0.5]);
});
