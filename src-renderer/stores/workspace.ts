import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Theme } from '#ipc/schemas';
import { ask } from '../bridge/lab.ts';

/** The places of the left rail. */
export const PLACES = ['experiments', 'library', 'compare', 'machines', 'recordings'] as const;
export type Place = (typeof PLACES)[number];

/** What the window shows: a place, or one run's timeline. */
export const useWorkspace = defineStore('workspace', () => {
  const place = ref<Place>('experiments');
  /** The run whose timeline is open, over its place. */
  const openRun = ref<string | null>(null);
  /** The draft that is open in the designer, over its place. */
  const openDraft = ref<string | null>(null);
  const compared = ref<readonly string[]>([]);
  const theme = ref<Theme>('system');
  const version = ref('');
  const libraryFile = ref('');
  const sheet = ref<'none' | 'palette' | 'shortcuts'>('none');

  async function load(): Promise<void> {
    const info = await ask('app.info', undefined);
    theme.value = info.theme;
    version.value = info.version;
    libraryFile.value = info.library;
  }

  function goTo(next: Place): void {
    place.value = next;
    openRun.value = null;
    openDraft.value = null;
  }

  function showRun(id: string): void {
    openRun.value = id;
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

  return {
    place,
    openRun,
    openDraft,
    compared,
    theme,
    version,
    libraryFile,
    sheet,
    load,
    goTo,
    showRun,
    design,
    compare,
    setTheme,
  };
});
