import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Response } from '#ipc/contract';
import type { Progress } from '#ipc/schemas';
import type { RunInfo } from '#model/run';
import { ask, failureOf, listen } from '../bridge/lab.ts';
import { useDrafts } from './drafts.ts';
import { useNotices } from './notices.ts';
import { useUndo } from './undo.ts';

export type Preset = Response<'experiments.list'>[number];

/** A document of one's own beside the ones that ship. */
export interface Experiment {
  readonly id: string;
  readonly name: string;
  readonly question: string;
  /** Runs it makes; null until the lab has planned it. */
  readonly runs: number | null;
  readonly document: unknown;
  readonly file: string | null;
}

/** How one run of the experiment under way stands. */
export interface RunState {
  readonly name: string;
  readonly done: number;
  readonly total: number;
  readonly events: number;
  readonly live?: Progress['live'];
}

export interface Work {
  readonly operation: string;
  readonly experiment: string;
  readonly startedAt: number;
  readonly runs: (RunState | null)[];
  cancelling: boolean;
}

/** A draft as an experiment: with an empty document while its text is not JSON. */
function experimentOf(id: string, text: string): Experiment {
  let document: unknown = null;
  try {
    document = JSON.parse(text);
  } catch {
    // Being typed.
  }
  const { name, question } = { ...(document as { name?: unknown; question?: unknown } | null) };
  return {
    id,
    name: typeof name === 'string' && name !== '' ? name : 'Draft',
    question: typeof question === 'string' ? question : '',
    runs: null,
    document,
    file: null,
  };
}

export const useExperiments = defineStore('experiments', () => {
  const presets = ref<Experiment[]>([]);
  const opened = ref<Experiment[]>([]);
  const chosen = ref<string | null>(null);
  const work = ref<Work | null>(null);
  /** Wall clock of the last progress message, ms. */
  const now = ref(0);
  /** Runs of the last finished experiment, by its id. */
  const results = ref(new Map<string, readonly RunInfo[]>());
  /** The experiment that ran to its end last. */
  const finished = shallowRef<{ readonly experiment: string } | null>(null);
  /** What was run then, as text, by the experiment's id. */
  const ran = ref(new Map<string, string>());
  const notices = useNotices();
  const undo = useUndo();

  const drafts = useDrafts();

  /** Drafts by their text; one that is not JSON at the moment keeps its place and name. */
  const written = computed(() => drafts.drafts.map((draft) => experimentOf(draft.id, draft.text)));
  const all = computed(() => [...written.value, ...opened.value, ...presets.value]);
  const current = computed(
    () => all.value.find((experiment) => experiment.id === chosen.value) ?? all.value[0] ?? null,
  );

  async function load(): Promise<void> {
    try {
      const list = await ask('experiments.list', undefined);
      presets.value = list.map((preset) => ({ ...preset, file: null }));
    } catch (error) {
      notices.fail('The experiments cannot be read', error);
    }
  }

  function add(file: string, document: unknown): void {
    const fields = typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
    const text = (value: unknown): string => (typeof value === 'string' ? value : '');
    const experiment: Experiment = {
      id: `file:${file}`,
      name: text(fields['name']) || (file.split(/[\\/]/).pop() ?? file),
      question: text(fields['question']),
      runs: null,
      document,
      file,
    };
    opened.value = [experiment, ...opened.value.filter((other) => other.id !== experiment.id)];
    chosen.value = experiment.id;
  }

  /** A draft of one's own, begun from an experiment; returns its id. */
  function duplicate(experiment: Experiment): string {
    const document = experiment.document as Record<string, unknown>;
    const id = drafts.start({ ...document, name: `${experiment.name}, changed` });
    chosen.value = id;
    return id;
  }

  /** Discards a draft; it can be brought back while the window is open. */
  function dropDraft(id: string): void {
    const name = all.value.find((experiment) => experiment.id === id)?.name ?? 'Draft';
    const back = drafts.drop(id);
    chosen.value = null;
    undo.did(`“${name}” discarded`, () => {
      back();
      chosen.value = id;
    });
  }

  async function openFile(): Promise<void> {
    try {
      const answer = await ask('experiments.openFile', undefined);
      if (answer !== null) add(answer.file, answer.document);
    } catch (error) {
      notices.fail('The file cannot be opened', error);
    }
  }

  function onProgress(progress: Progress): void {
    const running = work.value;
    if (running?.operation !== progress.operation) return;
    while (running.runs.length < progress.runs) running.runs.push(null);
    running.runs[progress.run] = progress;
    now.value = performance.now();
  }
  listen('operations.progress', onProgress);

  /** Runs an experiment; one at a time, since each uses the machine's cores. */
  async function run(experiment: Experiment): Promise<void> {
    if (work.value !== null) return;
    const operation = crypto.randomUUID();
    now.value = performance.now();
    work.value = { operation, experiment: experiment.id, startedAt: now.value, runs: [], cancelling: false };
    try {
      const text = JSON.stringify(experiment.document);
      const document = JSON.parse(text) as unknown;
      const runs = await ask('experiments.run', {
        operation,
        document,
        ...(experiment.file === null ? {} : { file: experiment.file }),
      });
      results.value.set(experiment.id, runs);
      finished.value = { experiment: experiment.id };
      ran.value.set(experiment.id, text);
    } catch (error) {
      if (failureOf(error).reason === 'cancelled')
        notices.say(`“${experiment.name}” was cancelled`, 'What had ended by then is in the library.');
      else notices.fail(`“${experiment.name}” could not be run`, error);
    } finally {
      work.value = null;
    }
  }

  /** Whether an experiment was changed since its result came. */
  function isOutdated(experiment: Experiment): boolean {
    const text = ran.value.get(experiment.id);
    return text !== undefined && text !== JSON.stringify(experiment.document);
  }

  async function cancel(): Promise<void> {
    if (work.value === null) return;
    work.value.cancelling = true;
    await ask('operations.cancel', work.value.operation);
  }

  return {
    presets,
    opened,
    all,
    current,
    chosen,
    work,
    now,
    finished,
    results,
    isOutdated,
    load,
    add,
    openFile,
    duplicate,
    dropDraft,
    run,
    cancel,
  };
});
