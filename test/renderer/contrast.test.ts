/** The tokens' promise: text has 4.5:1 on every surface it may stand on, data 3:1 on the canvas, in both themes. */
import { describe, expect, it } from 'vitest';
import css from '../../src-renderer/ui/tokens.css?raw';

const tokens = new Map(
  [...css.slice(0, css.indexOf('@media')).matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
    ([, name, light, dark]) => [name, { light, dark }],
  ),
);

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string, theme: 'light' | 'dark'): number {
  const of = (name: string): number => luminance(tokens.get(name)?.[theme] ?? '#000000');
  const [low, high] = [of(a), of(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const SURFACES = ['ground', 'surface', 'raised', 'hover', 'selected'];
const DATA = [
  'read',
  'write',
  'protect',
  'alarm',
  'handler',
  'cache',
  'blocks',
  'writeback',
  'io',
  'journal',
  'wait',
  'counter',
];

describe.each(['light', 'dark'] as const)('%s theme', (theme) => {
  it.each(['ink', 'ink-2', 'ink-3', 'accent'])('%s is legible on every surface', (ink) => {
    for (const surface of SURFACES) expect(contrast(ink, surface, theme), surface).toBeGreaterThanOrEqual(4.5);
  });

  it.each(DATA)('data colour %s stands out from the canvas and its rows', (name) => {
    for (const ground of ['k-canvas', 'k-row'])
      expect(contrast(`k-${name}`, ground, theme), ground).toBeGreaterThanOrEqual(3);
  });

  it('controls and failures can be read', () => {
    expect(contrast('on-accent', 'accent', theme)).toBeGreaterThanOrEqual(4.5);
    expect(contrast('alarm', 'alarm-ground', theme)).toBeGreaterThanOrEqual(4.5);
    expect(contrast('k-step-ink', 'k-step', theme)).toBeGreaterThanOrEqual(4.5);
    expect(contrast('line-strong', 'raised', theme)).toBeGreaterThanOrEqual(3);
  });
});
