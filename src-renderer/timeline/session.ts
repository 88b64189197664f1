import { computed, effectScope, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { Response } from '#ipc/contract';
import type { Aggregate } from '#model/aggregate';
import { EventKind } from '#model/events';
import type { RunInfo } from '#model/run';
import type { MarkKind, RunMark } from '#model/mark';
import type { EventCriteria } from '#model/search';
import type { EventRow } from '#model/tile';
import { ask } from '../bridge/lab.ts';
import { keepArrangement, moveLane, readArrangement } from './arrangement.ts';
import { useHandlers, type HandlerSession } from './handler-session.ts';
import { layoutLanes, tracksOf, type Arrangement, type Layout, type Track } from './lanes.ts';
import { TileSource } from './levels.ts';
import { markBeside, useMarks, type MarkSession } from './mark-session.ts';
import { usePageLife, type PageSession } from './page-session.ts';
import { AS_IT_IS, spanToRun, toAxis, toRun, type Placement } from './placement.ts';
import { useSearch, type SearchSession } from './search-session.ts';
import { clampView, fitRun, panView, zoomView, type View } from './scale.ts';
import type { Tile } from '#model/tile';
import { inCycles } from './time-unit.ts';
import type { Cycle } from './time.ts';

export type Chain = Response<'timeline.chain'>;

/** Columns of the tile that the overview strip and the list of tracks come from. */
const OVERVIEW_COLUMNS = 2048;
const EFFECTS_SHOWN = 40;
const CHAINS_KEPT = 256;
const MOST_CRUMBS = 50;

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
  /** The whole run, or what of it a search found. */
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
  /** Length of a cycle of the processor that the run was emulated on, ps; null where no clock is known. */
  readonly cycle: number | null;
  /** What times are told in now: cycles if asked for and known. */
  readonly unit: ComputedRef<Cycle>;
  readonly search: SearchSession;
  readonly marks: MarkSession;
  readonly page: PageSession;
  readonly handlers: HandlerSession;
  setView(view: View): void;
  zoom(at: number, factor: number): void;
  pan(fraction: number): void;
  fit(): void;
  /** Goes to a span, and remembers where one was. */
  goTo(view: View): void;
  /** Ranges that were left for a nearer one, outermost first. */
  readonly crumbs: ShallowRef<readonly View[]>;
  /** Goes back to one of them (the last), and forgets those after it. */
  back(to?: number): void;
  select(event: number | null): Promise<void>;
  selectSpan(span: View | null): Promise<void>;
  chainFor(event: number): Promise<Chain>;
  step(direction: 'next' | 'previous'): Promise<void>;
  show(event: EventRow): void;
  fold(lane: number): void;
  pin(lane: number): void;
  /** Moves a lane to stand before the `place`th of those shown. */
  moveLane(lane: number, place: number): void;
  /** Sets a mark on the selected span, else on the selected event, else in the middle of the view. */
  mark(kind: MarkKind): Promise<string | null>;
  /** Brings a mark into view and chooses it. */
  showMark(mark: RunMark): void;
  stepMark(direction: 'next' | 'previous'): void;
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
  // Runs beside each other may have clocks of their own: they share seconds.
  const clock = shared === undefined ? await ask('runs.clock', runId) : null;
  const cycle = clock === null ? null : 1e12 / clock;

  const arrivals = ref(0);
  const arrangement = ref<Arrangement>(readArrangement(run.lanes)) as Ref<Arrangement>;
  const scope = effectScope(true);
  // Beside others a run is arranged for the room there is: how its own timeline is arranged stays.
  if (shared === undefined) scope.run(() => watch(arrangement, (next) => keepArrangement(next, run.lanes)));
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
  const crumbs = shallowRef<readonly View[]>([]);
  const chains = new Map<number, Chain>();
  const tile = (from: number, to: number, columns: number, criteria: EventCriteria | null): Promise<Tile> =>
    ask('timeline.tile', { run: runId, from, to, columns, ...(criteria === null ? {} : { criteria }) });
  const source = new TileSource(
    own,
    (from, to, columns) => tile(from, to, columns, search.shown.value),
    () => arrivals.value++,
    onError,
  );
  const search = useSearch(
    runId,
    (criteria) => tile(own.from, own.to, OVERVIEW_COLUMNS, criteria),
    () => {
      source.clear();
      arrivals.value++;
      if (span.value !== null) void selectSpan(span.value);
    },
    onError,
  );
  const marks = useMarks(runId, onError);
  const page = scope.run(() => usePageLife(runId, selected, onError))!;
  const handlers = scope.run(() => useHandlers(runId, selected, () => arrivals.value++, onError))!;

  const setView = (next: View): void => {
    view.value = clampView(next, wholeAxis());
  };
  /** Remembers where one was before a jump, for going back. */
  const jump = (next: View): void => {
    const left = view.value;
    setView(next);
    const last = crumbs.value.at(-1);
    if (isSame(left, view.value) || (last !== undefined && isSame(left, last))) return;
    crumbs.value = [...crumbs.value, left].slice(-MOST_CRUMBS);
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
      const criteria = search.shown.value;
      const answer = await ask('timeline.aggregate', {
        run: runId,
        filter: { ...spanToRun(placement(), inside), ...(criteria === null ? {} : { criteria }) },
      });
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

  /** One step after the other: each begins where the one before ended. */
  let steps: Promise<void> = Promise.resolve();
  function step(direction: 'next' | 'previous'): Promise<void> {
    steps = steps.then(() => stepOnce(direction));
    return steps;
  }

  async function stepOnce(direction: 'next' | 'previous'): Promise<void> {
    const at = selected.value;
    const kinds = at === null ? [...FAULT_KINDS] : [at.kind];
    const time = at === null ? toRun(placement(), (view.value.from + view.value.to) / 2) : at.time;
    try {
      const found =
        search.shown.value === null
          ? await ask('timeline.seek', { run: runId, filter: { kinds }, time, direction })
          : await search.hit(at?.index ?? (direction === 'next' ? -1 : run.events), direction);
      if (found === null) return;
      await select(found.index);
      show(found);
    } catch (error) {
      onError(error);
    }
  }

  async function mark(kind: MarkKind): Promise<string | null> {
    if (span.value !== null) {
      const { from, to } = spanToRun(placement(), span.value);
      return marks.set(kind, from, to, -1);
    }
    const event = selected.value;
    if (event !== null) return marks.set(kind, event.time, event.time, event.index);
    const middle = toRun(placement(), (view.value.from + view.value.to) / 2);
    return marks.set(kind, middle, middle, -1);
  }

  function showMark(shown: RunMark): void {
    marks.chosen.value = shown.id;
    const { from, to } = view.value;
    const start = toAxis(placement(), shown.from);
    const end = toAxis(placement(), shown.to, 'end');
    if (end - start > to - from) jump(padded({ from: start, to: end }));
    else if (start < from || end > to) jump({ from: (start + end - to + from) / 2, to: (start + end + to - from) / 2 });
    if (shown.event >= 0 && shown.event < run.events) void select(shown.event);
  }

  function stepMark(direction: 'next' | 'previous'): void {
    const at = marks.marks.value.find(({ id }) => id === marks.chosen.value);
    const time = at?.from ?? toRun(placement(), (view.value.from + view.value.to) / 2);
    const next = markBeside(marks.marks.value, time, direction);
    if (next !== null) showMark(next);
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
    get overview() {
      return search.overview.value ?? overview;
    },
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
    cycle,
    unit: computed(() => (inCycles.value ? cycle : null)),
    search,
    marks,
    page,
    handlers,
    setView,
    zoom: (at, factor) => setView(zoomView(view.value, wholeAxis(), at, factor)),
    pan: (fraction) => setView(panView(view.value, wholeAxis(), fraction)),
    fit: () => {
      const wanted = span.value ?? spanOf(selected.value, placement());
      const fitted = wanted === null ? null : clampView(padded(wanted), wholeAxis());
      // Once there, the second press shows everything.
      jump(fitted === null || isSame(fitted, view.value) ? fitRun(wholeAxis()) : fitted);
    },
    goTo: jump,
    crumbs,
    back: (to = crumbs.value.length - 1) => {
      const crumb = crumbs.value[to];
      if (crumb === undefined) return;
      crumbs.value = crumbs.value.slice(0, to);
      setView(crumb);
    },
    select,
    selectSpan,
    chainFor,
    step,
    show,
    fold: (lane) => (arrangement.value = { ...arrangement.value, folded: toggled(arrangement.value.folded, lane) }),
    pin: (lane) => (arrangement.value = { ...arrangement.value, pinned: toggled(arrangement.value.pinned, lane) }),
    moveLane: (lane, place) => {
      const shown = layout.value.blocks.map((block) => block.lane);
      arrangement.value = moveLane(run.lanes, shown, arrangement.value, lane, place);
    },
    mark,
    showMark,
    stepMark,
    toggleKind: (kind) =>
      (arrangement.value = { ...arrangement.value, hiddenKinds: toggled(arrangement.value.hiddenKinds, kind) }),
    toggleMap: (axis) => (maps.value = MAPS.filter((other) => (other === axis) !== maps.value.includes(other))),
    toggleLane: (lane) =>
      (arrangement.value = { ...arrangement.value, hidden: toggled(arrangement.value.hidden, lane) }),
    close: () => {
      scope.stop();
      source.close();
    },
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
