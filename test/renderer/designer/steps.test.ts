import { describe, expect, it } from 'vitest';
import { blankDocument, STEP_KINDS, type DraftDocument, type DraftStep } from '#renderer/designer/document';
import { addMappedFile } from '#renderer/designer/parts';
import { checkExperiment } from '#model/check-experiment';
import {
  addThread, copyStep, groupSteps, insertStep, isWithin, moveStep, newStep, pathText, removeStep, repeatStep, stepAt,
  ungroupStep,
} from '#renderer/designer/steps'; // prettier-ignore

/** A document whose first thread has sleeps of these names; a list stands for a loop. */
type Shape = readonly (string | Shape)[];
function steps(shape: Shape): DraftStep[] {
  return shape.map((item) =>
    typeof item === 'string' ? { do: 'sleep', time: '1 s', name: item } : { do: 'loop', times: 2, steps: steps(item) },
  );
}
function of(...shape: Shape): DraftDocument {
  return { ...blankDocument(), threads: [{ name: 'main', steps: steps(shape) }] };
}
function shapeOf(list: readonly DraftStep[]): Shape {
  return list.map((step) => step.name ?? shapeOf(step.steps ?? []));
}
const shape = (document: DraftDocument, thread = 0): Shape => shapeOf(document.threads[thread].steps);

describe('steps', () => {
  it('are put, copied and removed', () => {
    const two = of('a', 'b');
    expect(shape(insertStep(two, [0, 1], steps(['x'])[0]))).toEqual(['a', 'x', 'b']);
    expect(shape(copyStep(two, [0, 0]))).toEqual(['a', 'a', 'b']);
    expect(shape(removeStep(two, [0, 0]))).toEqual(['b']);
    expect(shape(two)).toEqual(['a', 'b']);
  });

  it('are moved forwards, backwards, into a loop and out of it', () => {
    const [forward, at] = moveStep(of('a', 'b', 'c'), [0, 0], [0, 3]);
    expect([shape(forward), at]).toEqual([
      ['b', 'c', 'a'],
      [0, 2],
    ]);
    expect(shape(moveStep(of('a', 'b', 'c'), [0, 2], [0, 0])[0])).toEqual(['c', 'a', 'b']);
    const [inside, path] = moveStep(of('a', ['b']), [0, 0], [0, 1, 1]);
    expect([shape(inside), path]).toEqual([[['b', 'a']], [0, 0, 1]]);
    expect(shape(moveStep(of('a', ['b', 'c']), [0, 1, 0], [0, 0])[0])).toEqual(['b', 'a', ['c']]);
  });

  it('are moved to another thread', () => {
    const two = addThread(of('a', 'b'));
    const [moved, at] = moveStep(two, [0, 0], [1, 0]);
    expect([shape(moved, 0), shape(moved, 1), at]).toEqual([['b'], ['a'], [1, 0]]);
    expect(two.threads[1].name).toBe('thread');
  });

  it('do not move into themselves', () => {
    const document = of('a', ['b']);
    expect(moveStep(document, [0, 1], [0, 1, 0])[0]).toBe(document);
    expect(isWithin([0, 1, 0], [0, 1])).toBe(true);
    expect(isWithin([0, 2], [0, 1])).toBe(false);
  });

  it('are grouped into a loop, and ungrouped', () => {
    const grouped = groupSteps(of('a', 'b', 'c'), [0, 1], 2, 5);
    expect(shape(grouped)).toEqual(['a', ['b', 'c']]);
    expect(stepAt(grouped, [0, 1])?.['times']).toBe(5);
    expect(shape(ungroupStep(grouped, [0, 1]))).toEqual(['a', 'b', 'c']);
    const plain = of('a');
    expect(shape(ungroupStep(plain, [0, 0]))).toEqual(['a']);
  });

  it('are repeated: a step in a loop of two, a loop once more', () => {
    const once = repeatStep(of('a'), [0, 0]);
    expect([shape(once), stepAt(once, [0, 0])?.['times']]).toEqual([[['a']], 2]);
    expect(stepAt(repeatStep(once, [0, 0]), [0, 0])?.['times']).toBe(3);
  });

  it('have the path that the checker names', () => {
    expect(pathText([1, 2, 0])).toBe('threads[1].steps[2].steps[0]');
  });

  it('begin valid, whatever their kind', () => {
    const mapped = addMappedFile(blankDocument());
    for (const kind of STEP_KINDS) {
      const step = newStep(mapped, kind);
      const filled = step.steps === undefined ? step : { ...step, steps: [newStep(mapped, 'load')] };
      const document = insertStep(mapped, [0, 0], filled);
      expect(() => checkExperiment(JSON.parse(JSON.stringify(document))), kind).not.toThrow();
    }
  });
});
