/** Steps of threads: found by path, added, moved, copied, repeated, grouped. */
import { freeName, replaced, type DraftDocument, type DraftStep, type StepKind } from './document.ts';

/** Thread, then the step's place, then the places inside loops and forks. */
export type StepPath = readonly number[];

/** The list that holds the step (or would hold one at the path's last place). */
export function siblingsOf(document: DraftDocument, path: StepPath): readonly DraftStep[] {
  let steps: readonly DraftStep[] = document.threads[path[0]]?.steps ?? [];
  for (const place of path.slice(1, -1)) steps = steps[place]?.steps ?? [];
  return steps;
}

export function stepAt(document: DraftDocument, path: StepPath): DraftStep | null {
  return siblingsOf(document, path)[path.at(-1) ?? -1] ?? null;
}

/** The field path that a problem of this step begins with: `threads[0].steps[2].steps[1]`. */
export function pathText(path: StepPath): string {
  return path.map((place, i) => (i === 0 ? `threads[${place}]` : `.steps[${place}]`)).join('');
}

export function samePath(a: StepPath, b: StepPath): boolean {
  return a.length === b.length && a.every((place, i) => place === b[i]);
}

/** Whether `path` is `outer` or lies inside it. */
export function isWithin(path: StepPath, outer: StepPath): boolean {
  return path.length >= outer.length && outer.every((place, i) => place === path[i]);
}

type Change = (steps: readonly DraftStep[], place: number) => readonly DraftStep[];

function changeIn(steps: readonly DraftStep[], path: StepPath, change: Change): readonly DraftStep[] {
  const [place, ...inner] = path;
  if (place === undefined) return steps;
  if (inner.length === 0) return change(steps, place);
  const outer = steps[place];
  return replaced(steps, place, { ...outer, steps: changeIn(outer.steps ?? [], inner, change) });
}

/** The document with the list around `path` changed; `change` is given the list and the step's place in it. */
function change(document: DraftDocument, path: StepPath, how: Change): DraftDocument {
  const [at, ...inner] = path;
  const thread = document.threads[at];
  if (thread === undefined) return document;
  const next = { ...thread, steps: changeIn(thread.steps, inner, how) };
  return { ...document, threads: replaced(document.threads, at, next) };
}

/** A step of a kind as it begins: on the first mapping or file, over the whole of it. */
export function newStep(document: DraftDocument, kind: StepKind): DraftStep {
  const mapping = document.mappings[0]?.name ?? '';
  const file = document.files[0]?.name ?? '';
  switch (kind) {
    case 'load':
    case 'store':
      return { do: kind, mapping, stride: '4 KiB' };
    case 'mixed':
      return { do: kind, mapping, pattern: { kind: 'random' }, stride: '4 KiB', storeShare: 0.5 };
    case 'mmap':
    case 'munmap':
    case 'msync':
      return { do: kind, mapping };
    case 'madvise':
      return { do: kind, mapping, advice: 'sequential' };
    case 'mprotect':
      return { do: kind, mapping, protection: 'read' };
    case 'read':
    case 'write':
    case 'fsync':
    case 'fdatasync':
      return { do: kind, file };
    case 'fadvise':
      return { do: kind, file, advice: 'sequential' };
    case 'truncate':
      return { do: kind, file, size: document.files[0]?.size ?? '0' };
    case 'punch':
      return { do: kind, file, from: '0', length: '64 KiB' };
    case 'sleep':
      return { do: kind, time: '1 s' };
    case 'barrier':
      return { do: kind, barrier: 'meet' };
    case 'loop':
      return { do: kind, times: 2, steps: [] };
    case 'fork':
      return { do: kind, steps: [] };
  }
}

/** Puts a step at `path`, before what is there now. */
export function insertStep(document: DraftDocument, path: StepPath, step: DraftStep): DraftDocument {
  return change(document, path, (steps, place) => [...steps.slice(0, place), step, ...steps.slice(place)]);
}

export function removeStep(document: DraftDocument, path: StepPath): DraftDocument {
  return change(document, path, (steps, place) => steps.filter((_, i) => i !== place));
}

export function replaceStep(document: DraftDocument, path: StepPath, step: DraftStep): DraftDocument {
  return change(document, path, (steps, place) => replaced(steps, place, step));
}

/** A copy of the step right behind it. */
export function copyStep(document: DraftDocument, path: StepPath): DraftDocument {
  const step = stepAt(document, path);
  return step === null ? document : insertStep(document, [...path.slice(0, -1), (path.at(-1) ?? 0) + 1], step);
}

/**
 * Takes a step out and puts it before what is at `to`, both places as they are before the move.
 * A step cannot move into itself.
 * @returns the document and where the step is now
 */
export function moveStep(document: DraftDocument, from: StepPath, to: StepPath): [DraftDocument, StepPath] {
  const step = stepAt(document, from);
  if (step === null || isWithin(to, from)) return [document, from];
  const level = from.length - 1;
  const inSameList = to.length > level && from.slice(0, level).every((place, i) => place === to[i]);
  // What stood behind the step moves up by one when it is taken out.
  const target = inSameList && to[level] > from[level] ? replaced(to, level, to[level] - 1) : to;
  return [insertStep(removeStep(document, from), target, step), target];
}

/** Puts `count` neighbouring steps, from `path` on, into a loop. */
export function groupSteps(document: DraftDocument, path: StepPath, count: number, times = 2): DraftDocument {
  return change(document, path, (steps, place) => {
    const inside = steps.slice(place, place + count);
    if (inside.length === 0) return steps;
    return [...steps.slice(0, place), { do: 'loop', times, steps: inside }, ...steps.slice(place + count)];
  });
}

/** A loop's or a fork's steps in place of it. */
export function ungroupStep(document: DraftDocument, path: StepPath): DraftDocument {
  return change(document, path, (steps, place) => {
    const inside = steps[place]?.steps;
    return inside === undefined ? steps : [...steps.slice(0, place), ...inside, ...steps.slice(place + 1)];
  });
}

/** Once more: a loop turns once more, anything else is put into a loop of two. */
export function repeatStep(document: DraftDocument, path: StepPath): DraftDocument {
  const step = stepAt(document, path);
  if (step === null) return document;
  const times = step['times'];
  if (step.do === 'loop' && typeof times === 'number')
    return replaceStep(document, path, { ...step, times: times + 1 });
  return groupSteps(document, path, 1);
}

export function addThread(document: DraftDocument): DraftDocument {
  const name = document.threads.length === 0 ? 'main' : freeName('thread', document.threads);
  return { ...document, threads: [...document.threads, { name, steps: [] }] };
}

/** Each step in a list and inside it, changed. */
export function mapSteps(steps: readonly DraftStep[], how: (step: DraftStep) => DraftStep): readonly DraftStep[] {
  return steps.map((step) => {
    const next = how(step);
    return next.steps === undefined ? next : { ...next, steps: mapSteps(next.steps, how) };
  });
}
