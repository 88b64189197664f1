import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { DocumentFolder, ListedDocument } from '#ipc/schemas';
import { ask } from '../bridge/lab.ts';
import { useNotices } from '../stores/notices.ts';
import { MOST_COMPARED } from './compare.ts';
import { type OwnDocument, duplicateOf } from './edit.ts';

/** What tells a document from all others. */
const keyOf = ({ kind, id }: ListedDocument): string => `${kind}/${id}`;

/** Machines and their parts, kernels and file systems: those that ship, and the user's own, which may be changed. */
export const useDocuments = defineStore('documents', () => {
  const notices = useNotices();
  const items = shallowRef<readonly ListedDocument[]>([]);
  const folder = ref<DocumentFolder>({ folder: '', broken: [] });
  const loaded = ref(false);
  /** `kind/id` of the one shown. */
  const chosen = ref('');

  const ids = computed(() => new Set(items.value.map(({ id }) => id)));
  const current = computed(() => items.value.find((item) => keyOf(item) === chosen.value) ?? items.value[0]);

  /** Those ticked to be compared, in the order in which they were: all of one kind. */
  const ticked = ref<readonly string[]>([]);
  /** Whether they are shown, and not the one document that is chosen. */
  const comparing = ref(false);
  const compared = computed(() => ticked.value.flatMap((key) => items.value.find((item) => keyOf(item) === key) ?? []));
  const isTicked = (item: ListedDocument): boolean => ticked.value.includes(keyOf(item));
  /** Whether it could be ticked: a comparison has room for a few. */
  const hasRoomFor = (item: ListedDocument): boolean =>
    isTicked(item) || compared.value.length < MOST_COMPARED || compared.value[0]?.kind !== item.kind;

  /** Ticks a document, or unticks it; one of another kind begins a comparison of its own. From two on they are shown. */
  function tick(item: ListedDocument): void {
    if (!hasRoomFor(item)) return;
    const others = compared.value.filter(({ kind }) => kind === item.kind).map(keyOf);
    const key = keyOf(item);
    ticked.value = others.includes(key) ? others.filter((other) => other !== key) : [...others, key];
    comparing.value = ticked.value.length > 1;
  }

  function untickAll(): void {
    ticked.value = [];
    comparing.value = false;
  }

  async function load(): Promise<void> {
    try {
      [items.value, folder.value] = await Promise.all([
        ask('documents.list', undefined),
        ask('documents.folder', undefined),
      ]);
      loaded.value = true;
    } catch (error) {
      notices.fail('The documents cannot be read', error);
    }
  }

  function show(kind: ListedDocument['kind'], id: string): void {
    chosen.value = `${kind}/${id}`;
    comparing.value = false;
  }

  /** Keeps a document and shows it. @returns whether it was kept; what is wrong with it is said */
  async function save(document: OwnDocument): Promise<boolean> {
    try {
      await ask('documents.save', document);
    } catch (error) {
      notices.fail('This document cannot be kept', error);
      return false;
    }
    await load();
    const kept = items.value.find((item) => item.own && item.id === document.id);
    if (kept !== undefined) show(kept.kind, kept.id);
    return true;
  }

  /** A document as it was written. */
  const source = ({ kind, id }: ListedDocument): Promise<Record<string, unknown>> =>
    ask('documents.source', { kind, id });

  async function duplicate(item: ListedDocument): Promise<void> {
    try {
      const copy = duplicateOf(await source(item), ids.value);
      if (await save(copy)) notices.say('Duplicated', `${copy.name} is yours: its figures can be changed.`);
    } catch (error) {
      notices.fail('This document cannot be duplicated', error);
    }
  }

  async function remove(item: ListedDocument): Promise<void> {
    try {
      const removed = await ask('documents.remove', item.id);
      await load();
      notices.offer(`${item.name} was removed`, 'Undo', () => {
        if (removed !== null) void save(removed as OwnDocument);
      });
    } catch (error) {
      notices.fail('This document cannot be removed', error);
    }
  }

  return {
    items,
    folder,
    loaded,
    chosen,
    ids,
    current,
    compared,
    comparing,
    isTicked,
    hasRoomFor,
    tick,
    untickAll,
    load,
    show,
    source,
    save,
    duplicate,
    remove,
  };
});
