/** The tokens' promise: text has 4.5:1 on every surface it may stand on, data 3:1 on the canvas, in both themes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import css from '../../src-renderer/ui/tokens.css?raw';

type Tokens = ReadonlyMap<string, { readonly light: string; readonly dark: string }>;

function tokensIn(rules: string): [string, { light: string; dark: string }][] {
  return [...rules.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name,
    { light, dark },
  ]);
}
const border = css.indexOf("[data-contrast='more']");
const usual: Tokens = new Map(tokensIn(css.slice(0, border)));
const more: Tokens = new Map([...usual, ...tokensIn(css.slice(border))]);
let tokens = usual;

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

describe.each(['light', 'dark'] as const)('%s theme in high contrast', (theme) => {
  beforeAll(() => (tokens = more));
  afterAll(() => (tokens = usual));

  it.each(['ink', 'ink-2', 'ink-3', 'accent', 'alarm', 'good'])('%s has 7:1 on every surface', (ink) => {
    for (const surface of SURFACES) expect(contrast(ink, surface, theme), surface).toBeGreaterThanOrEqual(7);
  });

  it('lines and data stand out', () => {
    for (const surface of SURFACES) expect(contrast('line', surface, theme), surface).toBeGreaterThanOrEqual(3);
    for (const name of DATA) expect(contrast(`k-${name}`, 'k-canvas', theme), name).toBeGreaterThanOrEqual(3);
    expect(contrast('on-accent', 'accent', theme)).toBeGreaterThanOrEqual(7);
  });
});
