/** What can be done with the selected steps, by button, key or menu. */
import { nextTick, type Ref } from 'vue';
import type { DesignSession } from './session.ts';
import {
  copyStep,
  groupSteps,
  moveStep,
  removeStep,
  repeatStep,
  siblingsOf,
  ungroupStep,
  type StepPath,
} from './steps.ts';

/** @param root what holds the blocks: the one that was acted on keeps the focus */
export function useStepActions(design: DesignSession, root: Ref<HTMLElement | null>) {
  const path = (): StepPath | null => design.selectedPath.value;
  const count = (): number => (design.selection.value.kind === 'step' ? design.selection.value.count : 0);

  function focusStep(to: StepPath): void {
    void nextTick(() => root.value?.querySelector<HTMLElement>(`[data-step="${to.join('.')}"]`)?.focus());
  }

  /** A change of the selected steps that leaves one step at their place. */
  function reshape(change: (path: StepPath) => void): void {
    const at = path();
    if (at === null) return;
    change(at);
    design.keepSelection();
    focusStep(at);
  }

  function copy(): void {
    const at = path();
    if (at === null) return;
    design.edit(copyStep(design.document.value, at));
    const next = [...at.slice(0, -1), (at.at(-1) ?? 0) + 1];
    design.selectStep(next);
    focusStep(next);
  }

  function remove(): void {
    const at = path();
    if (at === null) return;
    let next = design.document.value;
    for (let i = count(); i > 0; i--) next = removeStep(next, at);
    design.edit(next);
    const left = siblingsOf(next, at).length;
    if (left === 0) design.selection.value = { kind: 'thread', index: at[0] };
    else {
      const neighbour = [...at.slice(0, -1), Math.min(at.at(-1) ?? 0, left - 1)];
      design.selectStep(neighbour);
      focusStep(neighbour);
    }
  }

  function repeat(): void {
    reshape((at) => design.edit(repeatStep(design.document.value, at)));
  }

  function group(): void {
    reshape((at) => {
      design.edit(groupSteps(design.document.value, at, count()));
      design.selectStep(at);
    });
  }

  function ungroup(): void {
    reshape((at) => design.edit(ungroupStep(design.document.value, at)));
  }

  function move(by: -1 | 1): void {
    const at = path();
    if (at === null) return;
    const place = at.at(-1) ?? 0;
    if (place + by < 0 || place + by >= siblingsOf(design.document.value, at).length) return;
    const [next, to] = moveStep(design.document.value, at, [...at.slice(0, -1), by < 0 ? place - 1 : place + 2]);
    design.edit(next);
    design.selectStep(to);
    focusStep(to);
  }

  return { has: () => path() !== null, copy, remove, repeat, group, ungroup, move };
}
