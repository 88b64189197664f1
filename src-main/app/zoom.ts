import type { Zoom } from '#ipc/schemas';

/** Sizes of the page that a step goes to, as browsers have them. */
const FACTORS = [0.5, 0.67, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3];

/** The size of the page after a step from `now`; at either end it stays. */
export function zoomAfter(now: number, zoom: Zoom): number {
  if (zoom === 'actual') return 1;
  const next = zoom === 'in' ? FACTORS.find((factor) => factor > now) : FACTORS.findLast((factor) => factor < now);
  return next ?? now;
}
