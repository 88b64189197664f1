/** One draft being designed: its document, its text, what is selected, what is dragged. Shared by the view's parts. */
import { computed, inject, onScopeDispose, provide, ref, shallowRef, watch, type InjectionKey } from 'vue';
import type { Response } from '#ipc/contract';
import { ask } from '../bridge/lab.ts';
import { useDrafts, type Problem, type Verdict } from '../stores/drafts.ts';
import { useNotices } from '../stores/notices.ts';
import { blankDocument, drawable, writeText, type DraftDocument, type DraftStep, type StepKind } from './document.ts';
import { estimate } from './estimate.ts';
import { PAINTS } from './extents.ts';
import { record, redo, startHistory, undo } from './history.ts';
import type { Choosable } from './parts.ts';
import { insertStep, moveStep, newStep, siblingsOf, stepAt, type StepPath } from './steps.ts';

export type SettingField = Choosable | 'memory';

export type Selection =
  | { readonly kind: 'experiment' }
  | { readonly kind: 'setting'; readonly field: SettingField }
  | { readonly kind: 'file' | 'mapping' | 'thread'; readonly index: number }
  /** `count` neighbouring steps from `path` on. */
  | { readonly kind: 'step'; readonly path: StepPath; readonly count: number };

/** A step on its way with the mouse: one of the document's, or a new one of a kind. */
export interface Drag {
  readonly from: StepPath | null;
  readonly kind: StepKind | null;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  /** Where it would be put. */
  readonly to: StepPath | null;
}

/** What the mouse does on a file's strip. */
export const BRUSHES = ['none', ...PAINTS, 'map'] as const;
export type Brush = (typeof BRUSHES)[number];

export type Document = Response<'documents.list'>[number];

const CHECK_MS = 120;

/** What is known of a draft while it is designed, and what can be done with it. */
export function makeSession(id: string) {
  const drafts = useDrafts();
  const notices = useNotices();
  const kept = drafts.drafts.find((draft) => draft.id === id)?.text ?? writeText(blankDocument());

  function read(text: string): DraftDocument | null {
    try {
      return drawable(JSON.parse(text));
    } catch {
      return null;
    }
  }

  const history = shallowRef(
    drafts.historyOf(id, kept) ?? startHistory({ document: read(kept) ?? blankDocument(), text: kept }),
  );
  const document = computed(() => history.value.present.document);
  const text = computed(() => history.value.present.text);
  /** Whether the drawing shows what the text says. */
  const inStep = computed(() => read(text.value) !== null);
  const verdict = ref<Verdict | null>(null);
  const selection = shallowRef<Selection>({ kind: 'experiment' });
  const drag = shallowRef<Drag | null>(null);
  const brush = ref<Brush>('none');
  const documents = shallowRef<readonly Document[]>([]);
  const estimated = computed(() => estimate(document.value));
  const problems = computed(() => verdict.value?.problems ?? []);
  const problem = computed(() => problems.value[0] ?? null);

  /** Whether what is there now can be run. */
  const ready = computed(() => verdict.value !== null && problem.value === null && verdict.value.text === text.value);

  /** What is wrong at a field, or inside it. */
  function problemAt(path: string): Problem | null {
    const isThere = (at = ''): boolean => at === path || at.startsWith(`${path}.`) || at.startsWith(`${path}[`);
    return problems.value.find((other) => isThere(other.path)) ?? null;
  }

  ask('documents.list', undefined)
    .then((list) => (documents.value = list))
    .catch((error: unknown) => notices.fail('The machines cannot be read', error));

  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;
  async function check(): Promise<void> {
    const own = ++turn;
    try {
      const found = await drafts.check(text.value);
      if (own === turn) verdict.value = found;
    } catch (error) {
      notices.fail('The draft cannot be checked', error);
    }
  }
  /** Whether the text as it is now can be run, asked at once where nothing is known yet. */
  async function settle(): Promise<boolean> {
    if (verdict.value?.text !== text.value) {
      clearTimeout(timer);
      await check();
    }
    return ready.value;
  }
  watch(text, (now) => {
    drafts.write(id, now);
    clearTimeout(timer);
    timer = setTimeout(() => void check(), CHECK_MS);
  });
  void check();
  onScopeDispose(() => {
    clearTimeout(timer);
    drafts.leave(id, history.value);
  });

  /**
   * A change by the drawing; the text follows.
   * @param topic the field being typed in: keystrokes in one field are undone together
   */
  function edit(next: DraftDocument, topic: string | null = null): void {
    if (next === document.value) return;
    history.value = record(history.value, { document: next, text: writeText(next) }, topic, performance.now());
  }

  /** A change by the text; the drawing follows as soon as it can be read. */
  function type(next: string): void {
    const state = { document: read(next) ?? document.value, text: next };
    history.value = record(history.value, state, 'text', performance.now());
    keepSelection();
  }

  /** What is selected may be gone. */
  function keepSelection(): void {
    const { value } = selection;
    const { files, mappings, threads } = document.value;
    const there =
      value.kind === 'file'
        ? files.length > value.index
        : value.kind === 'mapping'
          ? mappings.length > value.index
          : value.kind === 'thread'
            ? threads.length > value.index
            : value.kind !== 'step' || stepAt(document.value, value.path) !== null;
    if (!there) selection.value = { kind: 'experiment' };
    else if (value.kind === 'step') {
      const rest = siblingsOf(document.value, value.path).length - (value.path.at(-1) ?? 0);
      if (value.count > rest) selection.value = { ...value, count: rest };
    }
  }

  function goBack(): void {
    history.value = undo(history.value);
    keepSelection();
  }

  function goForth(): void {
    history.value = redo(history.value);
    keepSelection();
  }

  const selectedPath = computed(() => (selection.value.kind === 'step' ? selection.value.path : null));
  const selectedStep = computed<DraftStep | null>(() =>
    selectedPath.value === null ? null : stepAt(document.value, selectedPath.value),
  );

  function selectStep(path: StepPath, count = 1): void {
    selection.value = { kind: 'step', path, count };
  }

  /** Where a new step goes when nothing says: behind the selected one, or at the selected thread's end. */
  function placeForNew(): StepPath {
    const { value } = selection;
    if (value.kind === 'step') return [...value.path.slice(0, -1), (value.path.at(-1) ?? 0) + value.count];
    const thread = value.kind === 'thread' ? value.index : 0;
    return [thread, document.value.threads[thread]?.steps.length ?? 0];
  }

  function addStep(kind: StepKind, to: StepPath = placeForNew()): void {
    edit(insertStep(document.value, to, newStep(document.value, kind)));
    selectStep(to);
  }

  function drop(): void {
    const { value } = drag;
    drag.value = null;
    const to = value?.to ?? null;
    if (value === null || to === null) return;
    if (value.kind !== null) addStep(value.kind, to);
    else if (value.from !== null) {
      const [next, path] = moveStep(document.value, value.from, to);
      edit(next);
      selectStep(path);
    }
  }

  return {
    id,
    history,
    document,
    text,
    inStep,
    verdict,
    problems,
    ready,
    problem,
    problemAt,
    selection,
    selectedPath,
    selectedStep,
    drag,
    brush,
    documents,
    estimated,
    settle,
    edit,
    type,
    goBack,
    goForth,
    keepSelection,
    selectStep,
    addStep,
    drop,
  };
}

export type DesignSession = ReturnType<typeof makeSession>;
const KEY: InjectionKey<DesignSession> = Symbol('design');

/** Opens a draft for the component and all below it. */
export function openDesign(id: string): DesignSession {
  const session = makeSession(id);
  provide(KEY, session);
  return session;
}

export function useDesign(): DesignSession {
  const session = inject(KEY);
  if (session === undefined) throw new Error('no draft is open here');
  return session;
}
