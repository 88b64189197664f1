import { defineStore } from 'pinia';
import { computed, ref, shallowRef, watchEffect } from 'vue';
import type { Request } from '#ipc/contract';
import type { Contrast, Theme } from '#ipc/schemas';
import { ask } from '../bridge/lab.ts';

/** The places of the left rail. */
export const PLACES = ['experiments', 'library', 'compare', 'explorer', 'machines', 'recordings'] as const;
export type Place = (typeof PLACES)[number];

/** What the window shows: a place, or one run's timeline. */
export const useWorkspace = defineStore('workspace', () => {
  const place = ref<Place>('experiments');
  /** The run whose timeline is open, over its place. */
  const openRun = ref<string | null>(null);
  /** The draft that is open in the designer, over its place. */
  const openDraft = ref<string | null>(null);
  /** What a report is being made of, over everything else. */
  const report = shallowRef<Request<'reports.make'>['subject'] | null>(null);
  /** The run whose export is being chosen. */
  const exporting = shallowRef<{ run: string; span?: { from: number; to: number } } | null>(null);
  const compared = ref<readonly string[]>([]);
  const theme = ref<Theme>('system');
  const contrast = ref<Contrast>('system');
  /** What the system asks for: more contrast, or colours of its own. */
  const wants = [window.matchMedia('(prefers-contrast: more)'), window.matchMedia('(forced-colors: active)')];
  const systemWantsMore = ref(wants.some(({ matches }) => matches));
  for (const query of wants)
    query.addEventListener('change', () => (systemWantsMore.value = wants.some(({ matches }) => matches)));
  const highContrast = computed(() => contrast.value === 'more' || systemWantsMore.value);
  // ui/tokens.css follows the attribute: CSS cannot join a choice and a media query.
  watchEffect(() => {
    if (highContrast.value) document.documentElement.dataset['contrast'] = 'more';
    else delete document.documentElement.dataset['contrast'];
  });
  const version = ref('');
  const libraryFile = ref('');
  const sheet = ref<'none' | 'palette' | 'shortcuts' | 'export' | 'workload'>('none');

  async function load(): Promise<void> {
    const info = await ask('app.info', undefined);
    theme.value = info.theme;
    contrast.value = info.contrast;
    version.value = info.version;
    libraryFile.value = info.library;
  }

  function goTo(next: Place): void {
    place.value = next;
    openRun.value = null;
    openDraft.value = null;
    report.value = null;
  }

  function showRun(id: string): void {
    openRun.value = id;
    report.value = null;
  }

  /** Asks what to write a run as; of pictures and reports, only the span where one is given. */
  function exportRun(run: string, span?: { from: number; to: number }): void {
    exporting.value = { run, ...(span === undefined ? {} : { span: { from: span.from, to: span.to } }) };
    sheet.value = 'export';
  }

  /** Opens the report of some runs, or of a span of their time. */
  function reportOn(runs: readonly string[], span?: { from: number; to: number }): void {
    report.value = { runs: [...runs], ...(span === undefined ? {} : { span: { from: span.from, to: span.to } }) };
  }

  /** Opens a draft in the designer. */
  function design(draft: string): void {
    goTo('experiments');
    openDraft.value = draft;
  }

  function compare(ids: readonly string[]): void {
    compared.value = ids;
    goTo('compare');
  }

  async function setTheme(next: Theme): Promise<void> {
    theme.value = next;
    await ask('app.setTheme', next);
  }

  async function setContrast(next: Contrast): Promise<void> {
    contrast.value = next;
    await ask('app.setContrast', next);
  }

  return {
    place,
    openRun,
    openDraft,
    compared,
    report,
    exporting,
    theme,
    contrast,
    highContrast,
    version,
    libraryFile,
    sheet,
    load,
    goTo,
    showRun,
    reportOn,
    exportRun,
    design,
    compare,
    setTheme,
    setContrast,
  };
});
