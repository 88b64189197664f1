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

  it('what people set into a timeline stands out by its edge', () => {
    for (const ground of ['k-canvas', 'surface'])
      expect(contrast('mark-edge', ground, theme)).toBeGreaterThanOrEqual(3);
  });

  it.each(['deuteranopia', 'protanopia', 'tritanopia'] as const)(
    'kinds of fault and states differ under %s',
    (kind) => {
      const groups = [
        // Marks of one lane; their shapes differ too.
        { names: ['k-read', 'k-write', 'k-protect'], least: 0.04 },
        // Of a page's life; their heights differ too.
        { names: ['k-read', 'k-protect', 'k-write', 'k-blocks'], least: 0.025 },
      ];
      for (const { names, least } of groups)
        for (const [i, a] of names.entries())
          for (const b of names.slice(i + 1))
            expect(distance(a, b, theme, kind), `${a} and ${b}`).toBeGreaterThan(least);
    },
  );
});

describe.each(['light', 'dark'] as const)('%s theme in high contrast', (theme) => {
  beforeAll(() => (tokens = more));
  afterAll(() => (tokens = usual));

  it.each(['ink', 'ink-2', 'ink-3', 'accent', 'alarm', 'good'])('%s has 7:1 on every surface', (ink) => {
    for (const surface of SURFACES) expect(contrast(ink, surface, theme), surface).toBeGreaterThanOrEqual(7);
  });

  it('lines and data stand out', () => {
    for (const surface of SURFACES) expect(contrast('line', surface, theme), surface).toBeGreaterThanOrEqual(3);
    for (const name of DATA)
      for (const ground of ['k-canvas', 'k-row'])
        expect(contrast(`k-${name}`, ground, theme), name).toBeGreaterThanOrEqual(7);
    expect(contrast('on-accent', 'accent', theme)).toBeGreaterThanOrEqual(7);
  });
});

/** Machado, Oliveira and Fernandes 2009, severity 1: what is left of linear RGB. */
const SEEN = {
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
} as const;

/** Distance in OKLab (Ottosson 2020) as somebody sees it who lacks a kind of cone; 0.02 can just be told apart. */
function distance(a: string, b: string, theme: 'light' | 'dark', kind: keyof typeof SEEN): number {
  const lab = (name: string): number[] => {
    const hex = tokens.get(name)?.[theme] ?? '#000000';
    const linear = [1, 3, 5].map((at) => {
      const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    const [r, g, b2] = SEEN[kind].map((row) =>
      Math.min(1, Math.max(0, row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2])),
    );
    const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b2);
    const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b2);
    const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b2);
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ];
  };
  const [x, y] = [lab(a), lab(b)];
  return Math.hypot(...x.map((value, i) => value - y[i]));
}
