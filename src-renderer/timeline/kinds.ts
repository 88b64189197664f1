import { EVENT_KINDS, EventKind } from '#model/events';

/**
 * How each kind of event is drawn. Kinds are told apart by shape as well as by colour; colours are names of
 * design tokens (`--k-…` in ui/tokens.css), chosen so that no pair in one lane depends on telling red from green.
 */
export type RowStyle = 'span' | 'mark' | 'counter' | 'steps';

export const GLYPHS = [
  'disc',
  'ring',
  'triangle',
  'triangle-down',
  'diamond',
  'square',
  'square-open',
  'cross',
  'chevron',
  'bar',
  'octagon',
  'slash',
] as const;
export type Glyph = (typeof GLYPHS)[number];

export const COLOURS = [
  'step',
  'step-2',
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
  'counter-fill',
  'row',
  'grid',
] as const;
export type ColourName = (typeof COLOURS)[number];
const COLOUR_INDEX = Object.fromEntries(COLOURS.map((name, i) => [name, i])) as Record<ColourName, number>;
export const colourIndex = (name: ColourName): number => COLOUR_INDEX[name];

export interface KindLook {
  readonly style: RowStyle;
  readonly colour: ColourName;
  readonly glyph: Glyph;
}

const LOOKS: Readonly<Partial<Record<keyof typeof EventKind, KindLook>>> = {
  step: { style: 'span', colour: 'step', glyph: 'bar' },
  readFault: { style: 'mark', colour: 'read', glyph: 'disc' },
  writeFault: { style: 'mark', colour: 'write', glyph: 'triangle' },
  writeProtectFault: { style: 'mark', colour: 'protect', glyph: 'diamond' },
  sigbus: { style: 'mark', colour: 'alarm', glyph: 'cross' },
  ioWait: { style: 'span', colour: 'io', glyph: 'bar' },
  faultAround: { style: 'mark', colour: 'read', glyph: 'ring' },
  readahead: { style: 'mark', colour: 'io', glyph: 'chevron' },
  folioAdded: { style: 'mark', colour: 'cache', glyph: 'square-open' },
  folioDirtied: { style: 'mark', colour: 'write', glyph: 'square' },
  folioCleaned: { style: 'mark', colour: 'blocks', glyph: 'square-open' },
  folioRemoved: { style: 'mark', colour: 'cache', glyph: 'slash' },
  blocksReserved: { style: 'mark', colour: 'blocks', glyph: 'ring' },
  blocksInstantiated: { style: 'mark', colour: 'blocks', glyph: 'triangle-down' },
  blocksFreed: { style: 'mark', colour: 'cache', glyph: 'slash' },
  writeback: { style: 'span', colour: 'writeback', glyph: 'bar' },
  io: { style: 'span', colour: 'io', glyph: 'bar' },
  journalCommit: { style: 'span', colour: 'journal', glyph: 'bar' },
  throttle: { style: 'span', colour: 'wait', glyph: 'bar' },
  directReclaim: { style: 'span', colour: 'wait', glyph: 'bar' },
  kswapd: { style: 'span', colour: 'wait', glyph: 'bar' },
  lockWait: { style: 'span', colour: 'journal', glyph: 'bar' },
  shootdown: { style: 'mark', colour: 'protect', glyph: 'ring' },
  copyOnWrite: { style: 'mark', colour: 'protect', glyph: 'square' },
  dataLost: { style: 'mark', colour: 'alarm', glyph: 'cross' },
  counter: { style: 'counter', colour: 'counter', glyph: 'bar' },
  phase: { style: 'span', colour: 'step-2', glyph: 'bar' },
  deadlock: { style: 'mark', colour: 'alarm', glyph: 'octagon' },
  livelock: { style: 'mark', colour: 'alarm', glyph: 'octagon' },
  syscall: { style: 'span', colour: 'step-2', glyph: 'bar' },
  diskPart: { style: 'span', colour: 'io', glyph: 'bar' },
  note: { style: 'mark', colour: 'step', glyph: 'chevron' },
  mapped: { style: 'mark', colour: 'handler', glyph: 'chevron' },
  unmapped: { style: 'mark', colour: 'handler', glyph: 'slash' },
};

const PLAIN: KindLook = { style: 'mark', colour: 'step', glyph: 'disc' };

/** Stands for a kind in a lane of faults, for the row of the steps of their handlers: no kind of event has this number. */
export const HANDLER_ROW = 255;
const HANDLER_LOOK: KindLook = { style: 'steps', colour: 'handler', glyph: 'bar' };

/** Faults that a handler serves. */
export const HANDLED: readonly number[] = [EventKind.readFault, EventKind.writeFault, EventKind.writeProtectFault];

/** Indexed by event kind. Kinds of a newer engine that this window does not know get the plain look. */
export const KIND_LOOKS: readonly KindLook[] = EVENT_KINDS.map(
  (kind) => LOOKS[kind.name as keyof typeof EventKind] ?? PLAIN,
);

export function lookOf(kind: number): KindLook {
  return kind === HANDLER_ROW ? HANDLER_LOOK : (KIND_LOOKS[kind] ?? PLAIN);
}

export function labelOf(kind: number): string {
  return kind === HANDLER_ROW ? 'steps of the handler' : (EVENT_KINDS[kind]?.label ?? `kind ${kind}`);
}
