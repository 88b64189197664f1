import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { Response } from '#ipc/contract';
import type { Aggregate } from '#model/aggregate';
import { EventKind } from '#model/events';
import type { RunInfo } from '#model/run';
import type { EventRow } from '#model/tile';
import { ask } from '../bridge/lab.ts';
import { layoutLanes, NO_ARRANGEMENT, tracksOf, type Arrangement, type Layout, type Track } from './lanes.ts';
import { TileSource } from './levels.ts';
import { AS_IT_IS, spanToRun, toAxis, toRun, type Placement } from './placement.ts';
import { clampView, fitRun, panView, zoomView, type View } from './scale.ts';
import type { Tile } from '#model/tile';

export type Chain = Response<'timeline.chain'>;

/** Columns of the tile that the overview strip and the list of tracks come from. */
const OVERVIEW_COLUMNS = 2048;
const EFFECTS_SHOWN = 40;
const CHAINS_KEPT = 256;

/** What a selected span comes to. */
export interface SpanFigures extends Aggregate {
  readonly span: View;
}

/** Several runs on one time axis: they see the same span of it, each where its time is placed. */
export interface SharedAxis {
  readonly whole: Readonly<Ref<View>>;
  readonly view: ShallowRef<View>;
  placementOf(run: string): Placement;
}

/** One open timeline: what is seen of a run, and what of it is selected. */
export interface TimelineSession {
  readonly run: RunInfo;
  /** The axis: the run's own time, or that of all runs beside it. */
  readonly whole: View;
  /** Where the run's time lies on the axis. */
  readonly placement: Placement;
  readonly overview: Tile;
  readonly tracks: readonly Track[];
  readonly source: TileSource;
  readonly arrangement: Ref<Arrangement>;
  readonly layout: ComputedRef<Layout>;
  readonly view: ShallowRef<View>;
  /** Grows with every tile that arrives: what draws watches it. */
  readonly arrivals: Ref<number>;
  /** The maps shown above the lanes. */
  readonly maps: Ref<readonly MapAxis[]>;
  readonly selected: ShallowRef<EventRow | null>;
  readonly chain: ShallowRef<Chain | null>;
  readonly span: ShallowRef<View | null>;
  readonly figures: ShallowRef<SpanFigures | null>;
  setView(view: View): void;
  zoom(at: number, factor: number): void;
  pan(fraction: number): void;
  fit(): void;
  back(): void;
  select(event: number | null): Promise<void>;
  selectSpan(span: View | null): Promise<void>;
  chainFor(event: number): Promise<Chain>;
  step(direction: 'next' | 'previous'): Promise<void>;
  show(event: EventRow): void;
  fold(lane: number): void;
  pin(lane: number): void;
  toggleKind(kind: number): void;
  toggleLane(lane: number): void;
  toggleMap(axis: MapAxis): void;
  close(): void;
}

const MAPS = ['address', 'sector'] as const;
export type MapAxis = (typeof MAPS)[number];

/** Faults, the kinds that matter first: `.` and `,` go through them while nothing is selected. */
const FAULT_KINDS = [EventKind.readFault, EventKind.writeFault, EventKind.writeProtectFault, EventKind.sigbus] as const;

/** Opens a run's timeline. @throws LabError when the library does not have it */
export async function openSession(
  runId: string,
  onError: (error: unknown) => void,
  shared?: SharedAxis,
): Promise<TimelineSession> {
  const run = await ask('runs.get', runId);
  const extent = await ask('timeline.extent', runId);
  const own: View = { from: extent.from, to: Math.max(extent.to, extent.from + 1000) };
  const overview = await ask('timeline.tile', { run: runId, ...own, columns: OVERVIEW_COLUMNS });
  const tracks = tracksOf(overview);

  const arrivals = ref(0);
  const arrangement = ref<Arrangement>(NO_ARRANGEMENT) as Ref<Arrangement>;
  const layout = computed(() => layoutLanes(run.lanes, tracks, arrangement.value));
  const wholeAxis = (): View => shared?.whole.value ?? own;
  const placement = (): Placement => shared?.placementOf(runId) ?? AS_IT_IS;
  const view = shared?.view ?? shallowRef<View>(fitRun(own));
  const mapped = shared === undefined && tracks.some((track) => FAULT_KINDS.some((kind) => kind === track.kind));
  const maps = ref<readonly MapAxis[]>(mapped ? ['address'] : []);
  const selected = shallowRef<EventRow | null>(null);
  const chain = shallowRef<Chain | null>(null);
  const span = shallowRef<View | null>(null);
  const figures = shallowRef<SpanFigures | null>(null);
  const visited: View[] = [];
  const chains = new Map<number, Chain>();
  const source = new TileSource(
    own,
    (from, to, columns) => ask('timeline.tile', { run: runId, from, to, columns }),
    () => arrivals.value++,
    onError,
  );

  const setView = (next: View): void => {
    view.value = clampView(next, wholeAxis());
  };
  /** Remembers where one was before a jump, for going back. */
  const jump = (next: View): void => {
    visited.push(view.value);
    if (visited.length > 50) visited.shift();
    setView(next);
  };

  async function chainFor(event: number): Promise<Chain> {
    const known = chains.get(event);
    if (known !== undefined) return known;
    const found = await ask('timeline.chain', { run: runId, event, limit: EFFECTS_SHOWN });
    chains.set(event, found);
    const oldest = chains.keys().next().value;
    if (chains.size > CHAINS_KEPT && oldest !== undefined) chains.delete(oldest);
    return found;
  }

  let turn = 0;
  async function select(event: number | null): Promise<void> {
    const own = ++turn;
    if (event === null) {
      selected.value = null;
      chain.value = null;
      return;
    }
    try {
      const found = await chainFor(event);
      if (own !== turn) return;
      selected.value = found.causes[0] ?? null;
      chain.value = found;
    } catch (error) {
      onError(error);
    }
  }

  let spanTurn = 0;
  async function selectSpan(next: View | null): Promise<void> {
    const turnOfThis = ++spanTurn;
    // Nothing lies before the run's first moment or after its last.
    const inside =
      next === null ? null : { from: Math.max(next.from, wholeAxis().from), to: Math.min(next.to, wholeAxis().to + 1) };
    span.value = inside;
    figures.value = null;
    if (inside === null) return;
    try {
      const answer = await ask('timeline.aggregate', { run: runId, filter: spanToRun(placement(), inside) });
      if (turnOfThis === spanTurn) figures.value = { span: inside, ...answer };
    } catch (error) {
      onError(error);
    }
  }

  /** Brings an event into view without changing the zoom. */
  function show(event: EventRow): void {
    const { from, to } = view.value;
    const start = toAxis(placement(), event.time);
    if (start >= from && start <= to) return;
    const middle = start + Math.min(event.duration, to - from) / 2;
    jump({ from: middle - (to - from) / 2, to: middle + (to - from) / 2 });
  }

  async function step(direction: 'next' | 'previous'): Promise<void> {
    const at = selected.value;
    const kinds = at === null ? [...FAULT_KINDS] : [at.kind];
    const time = at === null ? toRun(placement(), (view.value.from + view.value.to) / 2) : at.time;
    try {
      const found = await ask('timeline.seek', { run: runId, filter: { kinds }, time, direction });
      if (found === null) return;
      await select(found.index);
      show(found);
    } catch (error) {
      onError(error);
    }
  }

  function toggled(set: ReadonlySet<number>, value: number): ReadonlySet<number> {
    const next = new Set(set);
    if (!next.delete(value)) next.add(value);
    return next;
  }

  return {
    run,
    get whole() {
      return wholeAxis();
    },
    get placement() {
      return placement();
    },
    overview,
    tracks,
    source,
    arrangement,
    layout,
    view,
    arrivals,
    maps,
    selected,
    chain,
    span,
    figures,
    setView,
    zoom: (at, factor) => setView(zoomView(view.value, wholeAxis(), at, factor)),
    pan: (fraction) => setView(panView(view.value, wholeAxis(), fraction)),
    fit: () => {
      const wanted = span.value ?? spanOf(selected.value, placement());
      const fitted = wanted === null ? null : clampView(padded(wanted), wholeAxis());
      // Once there, the second press shows everything.
      jump(fitted === null || isSame(fitted, view.value) ? fitRun(wholeAxis()) : fitted);
    },
    back: () => {
      const last = visited.pop();
      if (last !== undefined) setView(last);
    },
    select,
    selectSpan,
    chainFor,
    step,
    show,
    fold: (lane) => (arrangement.value = { ...arrangement.value, folded: toggled(arrangement.value.folded, lane) }),
    pin: (lane) => (arrangement.value = { ...arrangement.value, pinned: toggled(arrangement.value.pinned, lane) }),
    toggleKind: (kind) =>
      (arrangement.value = { ...arrangement.value, hiddenKinds: toggled(arrangement.value.hiddenKinds, kind) }),
    toggleMap: (axis) => (maps.value = MAPS.filter((other) => (other === axis) !== maps.value.includes(other))),
    toggleLane: (lane) =>
      (arrangement.value = { ...arrangement.value, hidden: toggled(arrangement.value.hidden, lane) }),
    close: () => source.close(),
  };
}

function spanOf(event: EventRow | null, placement: Placement): View | null {
  if (event === null) return null;
  const from = toAxis(placement, event.time);
  return { from, to: from + Math.max(event.duration, 1000) };
}

function padded(span: View): View {
  const margin = (span.to - span.from) * 0.08;
  return { from: span.from - margin, to: span.to + margin };
}

function isSame(a: View, b: View): boolean {
  const near = (b.to - b.from) * 1e-6;
  return Math.abs(a.from - b.from) < near && Math.abs(a.to - b.to) < near;
}
