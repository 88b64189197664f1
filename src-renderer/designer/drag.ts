/** Dragging steps with the mouse: a step begins to move after a few pixels, so that a click stays a click. */
import { onBeforeUnmount } from 'vue';
import type { StepKind } from './document.ts';
import type { DesignSession } from './session.ts';
import type { StepPath } from './steps.ts';

const START_PX = 5;

interface Grabbed {
  readonly x: number;
  readonly y: number;
  readonly from: StepPath | null;
  readonly kind: StepKind | null;
  readonly label: string;
}

function pathOf(text: string | undefined): StepPath {
  return (text ?? '').split('.').map(Number);
}

/** The place under the pointer: before or behind the block there, or at the end of its list. */
function placeAt(x: number, y: number): StepPath | null {
  const hit = document.elementFromPoint(x, y);
  const block = hit?.closest<HTMLElement>('[data-drop]') ?? null;
  const list = hit?.closest<HTMLElement>('[data-end]') ?? null;
  // Inside a group's own list, between its blocks: its end.
  if (list !== null && (block === null || block.contains(list))) return pathOf(list.dataset['end']);
  if (block === null) return null;
  const path = pathOf(block.dataset['drop']);
  const box = block.getBoundingClientRect();
  return x < box.left + box.width / 2 ? path : [...path.slice(0, -1), (path.at(-1) ?? 0) + 1];
}

/** Grabs blocks and kinds; `moved` tells whether the click that follows ends a drag. */
export function useDrag(design: DesignSession) {
  let grabbed: Grabbed | null = null;
  let moved = false;

  function grab(event: PointerEvent, from: StepPath | null, kind: StepKind | null, label: string): void {
    moved = false;
    if (event.button !== 0) return;
    grabbed = { x: event.clientX, y: event.clientY, from, kind, label };
    window.addEventListener('pointermove', onMove);
    window.addEventListener('pointerup', onUp);
    window.addEventListener('pointercancel', end);
  }

  function onMove({ clientX: x, clientY: y }: PointerEvent): void {
    if (grabbed === null) return;
    if (!moved && Math.hypot(x - grabbed.x, y - grabbed.y) < START_PX) return;
    moved = true;
    design.drag.value = { from: grabbed.from, kind: grabbed.kind, label: grabbed.label, x, y, to: placeAt(x, y) };
  }

  function onUp(): void {
    if (moved) design.drop();
    end();
    // The click that follows a drag on the same element is not a click.
    setTimeout(() => (moved = false));
  }

  function end(): void {
    grabbed = null;
    design.drag.value = null;
    window.removeEventListener('pointermove', onMove);
    window.removeEventListener('pointerup', onUp);
    window.removeEventListener('pointercancel', end);
  }
  onBeforeUnmount(end);

  return { grab, moved: () => moved };
}
