import type { WindowState } from './settings.ts';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Smallest window in which every view still works, in device-independent pixels. */
export const MIN_WIDTH = 960;
export const MIN_HEIGHT = 600;

/** How much of the title bar must be on a screen for the window to be put back where it was. */
const GRIP = 80;

/**
 * The bounds to open the window with: where it was last time, unless the screen it was on is gone; never
 * larger than the screen it lands on.
 */
export function placeWindow(
  last: WindowState,
  screens: readonly Rectangle[],
): { width: number; height: number; x?: number; y?: number } {
  const width = Math.max(MIN_WIDTH, Math.round(last.width));
  const height = Math.max(MIN_HEIGHT, Math.round(last.height));
  const { x, y } = last;
  if (x === undefined || y === undefined) return fit(width, height, screens[0]);
  const screen = screens.find(
    (s) => x + width > s.x + GRIP && x < s.x + s.width - GRIP && y >= s.y && y < s.y + s.height - GRIP,
  );
  return screen === undefined ? fit(width, height, screens[0]) : { x, y, ...fit(width, height, screen) };
}

function fit(width: number, height: number, screen: Rectangle | undefined): { width: number; height: number } {
  if (screen === undefined) return { width, height };
  return { width: Math.min(width, screen.width), height: Math.min(height, screen.height) };
}
