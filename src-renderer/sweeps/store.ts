import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Message, Response } from '#ipc/contract';
import { SWEEP_FORMAT, type AxisValue, type SweepInput } from '#model/sweep';
import { figureAt } from '#model/sweep-results';
import type { Metrics } from '#model/metrics';
import { ask, failureOf, listen } from '../bridge/lab.ts';
import { useNotices } from '../stores/notices.ts';
import { useUndo } from '../stores/undo.ts';
import type { ScaleKind } from './scale.ts';

/** A sweep of one's own: its document is kept as it is written, valid or not. */
export interface KeptSweep {
  readonly id: string;
  readonly document: SweepInput;
}

export type Look = Response<'sweeps.look'>;
export type SweepFileFormat = 'csv' | 'parquet' | 'svg' | 'html';

/** A sweep under way. */
interface Work {
  readonly operation: string;
  readonly sweep: string;
  readonly progress: Message<'sweeps.progress'> | null;
  readonly cancelling: boolean;
}

const KEY = 'faultline.sweeps';
const DEFAULT_MEASURE = 'time.simulatedNs';
const LOOK_DELAY_MS = 250;

/** Sweeps of earlier days; their results are in the library, known by what each cell was given. */
function readSweeps(): KeptSweep[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    if (!Array.isArray(kept)) return [];
    return (kept as KeptSweep[]).filter(
      (sweep) =>
        typeof sweep.id === 'string' && typeof sweep.document.name === 'string' && Array.isArray(sweep.document.vary),
    );
  } catch {
    // A broken store loses its sweeps either way; the window must open.
    return [];
  }
}

export const useSweeps = defineStore('sweeps', () => {
  const sweeps = ref<KeptSweep[]>(readSweeps());
  /** The sweep that is open. */
  const chosen = ref<string | null>(null);
  const look = shallowRef<Look | null>(null);
  const looking = ref(false);
  const work = ref<Work | null>(null);
  /** How the small multiples are drawn: on one scale or each on its own, linear or logarithmic. */
  const scale = ref<{ kind: ScaleKind; own: boolean }>({ kind: 'linear', own: false });
  /** The sweep that ran to its end last. */
  const finished = shallowRef<{ readonly sweep: string } | null>(null);
  const notices = useNotices();
  const undo = useUndo();
  /** Metrics of cells that ended since the last look, so that another measure can be shown at once. */
  const fresh = new Map<number, Metrics>();
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const current = computed(() => sweeps.value.find((sweep) => sweep.id === chosen.value) ?? null);
  const measure = computed(() => current.value?.document.measure ?? DEFAULT_MEASURE);
  const isRunning = computed(() => work.value !== null && work.value.sweep === chosen.value);

  function keep(): void {
    localStorage.setItem(KEY, JSON.stringify(sweeps.value));
  }

  /** Starts a sweep of an experiment, its policies first, and opens it. */
  function startFrom(experiment: { readonly name: string; readonly document: unknown } | null): void {
    if (experiment === null || typeof experiment.document !== 'object' || experiment.document === null) return;
    const base = JSON.parse(JSON.stringify(experiment.document)) as { policies?: unknown };
    const policies = Array.isArray(base.policies) ? (base.policies as AxisValue[]) : ['native'];
    const id = `sweep:${crypto.randomUUID()}`;
    const document: SweepInput = {
      format: SWEEP_FORMAT,
      name: `${experiment.name}, swept`,
      experiment: base as SweepInput['experiment'],
      vary: [{ field: 'policies', values: policies }],
      measure: DEFAULT_MEASURE,
    };
    sweeps.value = [{ id, document }, ...sweeps.value];
    keep();
    open(id);
  }

  function open(id: string | null): void {
    chosen.value = id;
    look.value = null;
    fresh.clear();
    if (id !== null) void askLook();
  }

  /** Changes the open sweep's document; what the lab thinks of it follows. */
  function change(document: SweepInput): void {
    const id = chosen.value;
    sweeps.value = sweeps.value.map((sweep) => (sweep.id === id ? { id, document } : sweep));
    keep();
    clearTimeout(timer);
    timer = setTimeout(() => void askLook(), LOOK_DELAY_MS);
  }

  /** Discards a sweep; it can be brought back while the window is open. */
  function drop(id: string): void {
    const at = sweeps.value.findIndex((sweep) => sweep.id === id);
    const dropped = sweeps.value[at] as KeptSweep | undefined;
    if (dropped === undefined) return;
    sweeps.value = sweeps.value.filter((sweep) => sweep.id !== id);
    keep();
    if (chosen.value === id) open(null);
    undo.did(`“${dropped.document.name}” discarded`, () => {
      sweeps.value = sweeps.value.toSpliced(at, 0, dropped);
      keep();
    });
  }

  /** The document as it can be sent: a copy without Vue's proxies. */
  function plain(document: SweepInput): SweepInput {
    return JSON.parse(JSON.stringify(document)) as SweepInput;
  }

  async function askLook(): Promise<void> {
    const sweep = current.value;
    if (sweep === null) return;
    const turn = ++asked;
    looking.value = true;
    try {
      const answer = await ask('sweeps.look', { document: plain(sweep.document), measure: measure.value });
      // A later question has been asked meanwhile: this answer is stale.
      if (turn !== asked) return;
      for (const [cell, metrics] of fresh) {
        const known = answer.cells[cell];
        if (known !== undefined && known !== null)
          answer.cells[cell] = { ...known, value: figureAt(metrics, measure.value) ?? null };
      }
      look.value = answer;
    } catch (error) {
      notices.fail('The sweep cannot be read', error);
    } finally {
      if (turn === asked) looking.value = false;
    }
  }

  listen('sweeps.progress', (progress) => {
    const running = work.value;
    if (running?.operation !== progress.operation) return;
    work.value = { ...running, progress };
    if (look.value === null || !isRunning.value || progress.ended.length === 0) return;
    const cells = [...look.value.cells];
    for (const { cell, run, verdict, metrics } of progress.ended) {
      fresh.set(cell, metrics);
      cells[cell] = { run, verdict, value: figureAt(metrics, measure.value) ?? null };
    }
    look.value = { ...look.value, cells };
  });

  /** Runs the cells of the open sweep that are not done. */
  async function run(jobs: number): Promise<void> {
    const sweep = current.value;
    if (sweep === null || work.value !== null) return;
    const operation = crypto.randomUUID();
    work.value = { operation, sweep: sweep.id, progress: null, cancelling: false };
    try {
      await ask('sweeps.run', { operation, document: plain(sweep.document), jobs });
      finished.value = { sweep: sweep.id };
    } catch (error) {
      if (failureOf(error).reason === 'cancelled')
        notices.say(`“${sweep.document.name}” was cancelled`, 'Its finished cells are kept.');
      else notices.fail(`“${sweep.document.name}” could not be run`, error);
    } finally {
      work.value = null;
      if (chosen.value === sweep.id) await askLook();
    }
  }

  async function pause(paused: boolean): Promise<void> {
    if (work.value !== null) await ask('sweeps.pause', { operation: work.value.operation, paused });
  }

  async function cancel(): Promise<void> {
    if (work.value === null) return;
    work.value = { ...work.value, cancelling: true };
    await ask('operations.cancel', work.value.operation);
  }

  async function save(format: SweepFileFormat): Promise<void> {
    const sweep = current.value;
    if (sweep === null) return;
    try {
      const saved = await ask('sweeps.save', { document: plain(sweep.document), measure: measure.value, format });
      if (saved !== null) notices.say('Results saved', saved.file);
    } catch (error) {
      notices.fail('The results cannot be saved', error);
    }
  }

  return {
    sweeps,
    chosen,
    current,
    measure,
    look,
    looking,
    work,
    isRunning,
    scale,
    finished,
    startFrom,
    open,
    change,
    drop,
    run,
    pause,
    cancel,
    save,
  };
});
