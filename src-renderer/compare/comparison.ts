import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { Agreement } from '#model/agreement';
import type { RunDiff, RunPair } from '#model/diff';
import type { RunInfo } from '#model/run';
import type { Why } from '#model/why';
import { ask } from '../bridge/lab.ts';
import { piecesOfTile } from '../timeline/levels.ts';
import { AS_IT_IS, toAxis } from '../timeline/placement.ts';
import { clampView, fitRun, type View } from '../timeline/scale.ts';
import { openSession, type TimelineSession } from '../timeline/session.ts';
import { alignRuns, type AlignedAxis, type Alignment, type RunShape } from './alignment.ts';
import { columnsOf, differenceRows, nextDifference, type DifferenceRow } from './difference.ts';

/** Columns in which differences are sought beyond what is seen. */
const OVERVIEW_COLUMNS = 1024;

/** Runs whose lanes are shown kind by kind from the beginning. */
const MOST_UNFOLDED = 3;

/** Which two of the runs are held against each other, by their places in the list. */
export interface Pair {
  readonly left: number;
  readonly right: number;
}

/** Two to eight runs on one axis, and what is known of how they differ. */
export interface Comparison {
  readonly sessions: readonly TimelineSession[];
  readonly alignment: Ref<Alignment>;
  readonly axis: ComputedRef<AlignedAxis>;
  readonly view: ShallowRef<View>;
  readonly pair: ShallowRef<Pair>;
  readonly left: ComputedRef<TimelineSession>;
  readonly right: ComputedRef<TimelineSession>;
  /** Null until the lab has compared the runs. */
  readonly diff: ShallowRef<RunDiff | null>;
  /** How the two of the pair stand to each other: of their own comparison. */
  readonly between: ShallowRef<RunPair | null>;
  readonly agreement: ShallowRef<Agreement | null>;
  readonly why: ShallowRef<Why | null>;
  /** Differences of the pair over the whole axis. */
  readonly overview: ComputedRef<readonly DifferenceRow[]>;
  /** Where on the axis the keyboard is among the differences, null for nowhere. */
  readonly cursor: Ref<number | null>;
  setAlignment(alignment: Alignment): void;
  /** Chooses one side of the pair; choosing the run of the other side turns the two about. */
  choose(side: 'left' | 'right', place: number): void;
  setView(view: View): void;
  setCursor(at: number): void;
  /** Tells what differs in the part of the axis that is seen now. */
  see(rows: readonly DifferenceRow[]): void;
  seekDifference(direction: 'next' | 'previous'): void;
  /** Selects the first event that differs in both runs, and asks why. */
  showDivergence(): void;
  close(): void;
}

/** Opens runs beside each other. @throws LabError when the library does not have one */
export async function openComparison(
  ids: readonly string[],
  onError: (title: string, error: unknown) => void,
): Promise<Comparison> {
  const runs: readonly RunInfo[] = await Promise.all(ids.map((id) => ask('runs.get', id)));
  const extents = await Promise.all(ids.map((id) => ask('timeline.extent', id)));
  const firstStores = shallowRef<readonly (number | null)[]>(ids.map(() => null));
  const shapes = computed(() =>
    runs.map((run, i): RunShape => {
      const { from, to } = extents[i];
      return { from, to, phases: run.phases, firstStore: firstStores.value[i] };
    }),
  );
  const alignment = ref<Alignment>(runs.some(({ phases }) => phases.length > 0) ? 'step' : 'time');
  const axis = computed(() => alignRuns(alignment.value, shapes.value));
  const view = shallowRef<View>(fitRun(axis.value.whole));
  const whole = computed(() => axis.value.whole);
  const placementOf = (id: string): AlignedAxis['placements'][number] =>
    axis.value.placements[ids.indexOf(id)] ?? AS_IT_IS;
  const failPart = (error: unknown): void => onError('Part of a run cannot be read', error);
  const opening = await Promise.allSettled(ids.map((id) => openSession(id, failPart, { whole, view, placementOf })));
  const sessions = opening.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const broken = opening.find((one) => one.status === 'rejected');
  if (broken !== undefined) {
    for (const session of sessions) session.close();
    throw broken.reason;
  }
  // Counters are many and much alike, and of many runs there is room for a row a lane: they are there when unfolded.
  for (const session of sessions) {
    const { arrangement, run } = session;
    const folded = run.lanes.flatMap(({ group }, lane) =>
      group === 'counter' || sessions.length > MOST_UNFOLDED ? [lane] : [],
    );
    arrangement.value = { ...arrangement.value, folded: new Set(folded) };
  }

  const pair = shallowRef<Pair>({ left: 0, right: Math.min(1, sessions.length - 1) });
  const left = computed(() => sessions[pair.value.left]);
  const right = computed(() => sessions[pair.value.right]);
  const diff = shallowRef<RunDiff | null>(null);
  const between = shallowRef<RunPair | null>(null);
  const agreement = shallowRef<Agreement | null>(null);
  const why = shallowRef<Why | null>(null);
  const cursor = ref<number | null>(null);
  let closed = false;

  const attempt = async (title: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!closed) onError(title, error);
    }
  };

  void attempt('The first stores cannot be found', async () => {
    firstStores.value = await Promise.all(ids.map((id) => ask('runs.firstStore', id)));
  });
  if (ids.length >= 2)
    void attempt('The runs cannot be compared', async () => {
      diff.value = await ask('runs.compare', [...ids]);
    });

  let turn = 0;
  const stopPair = watch(
    [pair, diff],
    () => {
      const own = ++turn;
      between.value = null;
      agreement.value = null;
      why.value = null;
      cursor.value = null;
      if (diff.value === null || left.value === right.value) return;
      const request = { left: left.value.run.id, right: right.value.run.id };
      void attempt('The two runs cannot be compared', async () => {
        const known = diff.value?.pairs.find((one) => one.left === request.left && one.right === request.right);
        const found = known ?? (await ask('runs.compare', [request.left, request.right])).pairs[0];
        if (own === turn) between.value = found;
      });
      void attempt('The steps cannot be compared', async () => {
        const found = await ask('runs.agreement', request);
        if (own === turn) agreement.value = found;
      });
    },
    { immediate: true },
  );

  let asked = 0;
  /** Asks what both made of the store behind an event of one of them. */
  function askWhy(side: 'left' | 'right', event: number): void {
    const own = ++asked;
    const request = { left: left.value.run.id, right: right.value.run.id, side, event };
    void attempt('The cause cannot be found', async () => {
      const found = await ask('runs.why', request);
      if (own === asked) why.value = found;
    });
  }
  const stopSelected = watch([() => left.value.selected.value, () => right.value.selected.value], (now, before) => {
    if (left.value === right.value) return;
    const side = now[0] !== before[0] ? 0 : 1;
    const event = now[side] ?? now[1 - side];
    if (event === null) {
      asked++;
      why.value = null;
    } else askWhy((now[side] === null ? 1 - side : side) === 0 ? 'left' : 'right', event.index);
  });

  // What was in the middle stays there when the alignment changes.
  const stopAxis = watch(axis, (next) => {
    view.value = fitRun(next.whole);
    cursor.value = null;
  });

  const overview = computed(() => {
    const columns = [left.value, right.value].map(({ run, overview: tile, placement }) =>
      columnsOf(run.lanes, piecesOfTile(tile, placement), whole.value, OVERVIEW_COLUMNS),
    );
    return differenceRows(columns[0], columns[1]);
  });

  const setView = (next: View): void => {
    view.value = clampView(next, whole.value);
  };

  function choose(side: 'left' | 'right', place: number): void {
    const before = pair.value;
    const other = side === 'left' ? before.right : before.left;
    const taken = other === place ? before[side] : other;
    pair.value = side === 'left' ? { left: place, right: taken } : { left: taken, right: place };
  }

  let rows: readonly DifferenceRow[] = [];
  function seekDifference(direction: 'next' | 'previous'): void {
    const { from, to } = view.value;
    const count = rows[0]?.difference.length ?? 0;
    const at = cursor.value;
    const inside = at !== null && at >= from && at < to;
    const start = inside ? Math.floor(((at - from) / (to - from)) * count) : direction === 'next' ? -1 : count;
    const near = nextDifference(rows, start, direction);
    if (near >= 0) {
      cursor.value = from + ((near + 0.5) / count) * (to - from);
      return;
    }
    const span = whole.value.to - whole.value.from;
    const edge = direction === 'next' ? to : from;
    const columnOf = ((edge - whole.value.from) / span) * OVERVIEW_COLUMNS;
    const beyond = direction === 'next' ? Math.ceil(columnOf) - 1 : Math.floor(columnOf);
    const far = nextDifference(overview.value, beyond, direction);
    if (far < 0) return;
    const column = span / OVERVIEW_COLUMNS;
    const centre = whole.value.from + (far + 0.5) * column;
    // A column of the overview may be wider than what is seen: then all of it is shown.
    const half = Math.max((to - from) / 2, column * 0.6);
    cursor.value = centre;
    setView({ from: centre - half, to: centre + half });
  }

  function showDivergence(): void {
    const divergence = between.value?.firstDivergence;
    if (divergence === null || divergence === undefined) return;
    const side = divergence.left === null ? right.value : left.value;
    const other = side === left.value ? right.value : left.value;
    const event = divergence.left ?? divergence.right;
    if (event === null) return;
    const theirs = side === left.value ? divergence.right : null;
    void other.select(theirs === null ? null : theirs.index);
    void side.select(event.index);
    const start = toAxis(side.placement, event.time);
    const half = Math.max(event.duration * 4, (whole.value.to - whole.value.from) / 2000);
    setView({ from: start - half, to: start + event.duration + half });
    askWhy(side === left.value ? 'left' : 'right', event.index);
  }

  return {
    sessions,
    alignment,
    axis,
    view,
    pair,
    left,
    right,
    diff,
    between,
    agreement,
    why,
    overview,
    cursor,
    setAlignment: (next) => {
      alignment.value = next;
    },
    choose,
    setView,
    setCursor: (at) => {
      cursor.value = at;
    },
    see: (seen) => {
      rows = seen;
    },
    seekDifference,
    showDivergence,
    close: () => {
      closed = true;
      turn++;
      asked++;
      stopPair();
      stopSelected();
      stopAxis();
      for (const session of sessions) session.close();
    },
  };
}
