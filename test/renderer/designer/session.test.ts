/** One draft in the designer: dragged, typed, taken back, checked. */
import { effectScope, type EffectScope } from 'vue';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { checkExperiment } from '#model/check-experiment';
import type { InputError } from '#model/problem';
import { addMappedFile } from '../../../src-renderer/designer/parts.ts';
import { makeSession, type DesignSession } from '../../../src-renderer/designer/session.ts';
import { useDrafts } from '../../../src-renderer/stores/drafts.ts';
import { blankDocument } from '#renderer/designer/document';
import { paint } from '#renderer/designer/extents';
import { stubLab, type LabStub } from '../lab-stub.ts';

let lab: LabStub;
let scope: EffectScope;
let design: DesignSession;
let id: string;

beforeEach(() => {
  vi.useFakeTimers();
  lab = stubLab({
    'documents.list': () => [],
    'experiments.check': (document) => {
      try {
        checkExperiment(document);
        return { problems: [], runs: 1 };
      } catch (error) {
        return { problems: [(error as InputError).problem], runs: null };
      }
    },
  });
  id = useDrafts().start(addMappedFile(blankDocument()));
  scope = effectScope();
  design = scope.run(() => makeSession(id))!;
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const kinds = (): string[] => design.document.value.threads.flatMap(({ steps }) => steps.map((step) => step.do));
/** Drops what is dragged at a place. */
function drop(what: { from?: readonly number[]; kind?: 'store' | 'load' }, to: readonly number[] | null): void {
  design.drag.value = { from: what.from ?? null, kind: what.kind ?? null, label: '', x: 0, y: 0, to };
  design.drop();
}
const kept = (): unknown => JSON.parse(useDrafts().drafts[0].text);

describe('a step dragged', () => {
  it('comes where it is dropped, is selected, and goes back by undo', () => {
    drop({ kind: 'store' }, [0, 0]);
    drop({ kind: 'load' }, [0, 0]);
    expect(kinds()).toEqual(['load', 'store']);
    expect(design.selectedPath.value).toEqual([0, 0]);
    drop({ from: [0, 0] }, [0, 2]);
    expect(kinds()).toEqual(['store', 'load']);
    expect(design.selectedPath.value).toEqual([0, 1]);
    design.goBack();
    design.goBack();
    expect(kinds()).toEqual(['store']);
    // What was selected is gone.
    expect(design.selection.value.kind).toBe('experiment');
    design.goForth();
    expect(kinds()).toEqual(['load', 'store']);
  });

  it('dropped beside everything changes nothing', () => {
    drop({ kind: 'store' }, null);
    expect(kinds()).toEqual([]);
    expect(design.history.value.past).toHaveLength(0);
  });
});

describe('drawing and text', () => {
  it('are in step: what is painted is written, what is typed is drawn', () => {
    design.edit(paint(design.document.value, 0, 0, 4096, 'written'));
    expect(JSON.parse(design.text.value)).toMatchObject({ files: [{ extents: [{ at: '0', length: '4 KiB' }] }] });
    design.type(design.text.value.replace('"16 MiB"', '"8 MiB"'));
    expect(design.document.value.files[0].size).toBe('8 MiB');
    expect(design.inStep.value).toBe(true);
  });

  it('have one history, and text that is no JSON is not lost in it', () => {
    drop({ kind: 'store' }, [0, 0]);
    const whole = design.text.value;
    design.type(`${whole} x`);
    expect(design.inStep.value).toBe(false);
    expect(kinds()).toEqual(['store']);
    // Going on in the drawing replaces the text; undo has it back.
    drop({ kind: 'load' }, [0, 1]);
    expect(design.inStep.value).toBe(true);
    design.goBack();
    expect(design.text.value).toBe(`${whole} x`);
    design.goBack();
    expect(design.text.value).toBe(whole);
    design.goBack();
    expect(kinds()).toEqual([]);
  });

  it('join keystrokes of one field, until a while has passed', () => {
    const name = (text: string): void => design.edit({ ...design.document.value, name: text }, 'name');
    name('a');
    vi.advanceTimersByTime(400);
    name('ab');
    vi.advanceTimersByTime(5000);
    name('abc');
    design.goBack();
    expect(design.document.value.name).toBe('ab');
    design.goBack();
    expect(design.document.value.name).toBe('New experiment');
  });

  it('are kept as they are typed', async () => {
    design.type('{ not yet');
    await vi.advanceTimersByTimeAsync(1);
    expect(useDrafts().drafts[0].text).toBe('{ not yet');
    expect(lab.kept.get('faultline.drafts')).toContain('{ not yet');
  });
});

describe('what the lab says', () => {
  it('is of the text as it is now, asked at once before a run', async () => {
    await vi.runAllTimersAsync();
    expect(design.problem.value).toMatchObject({ path: 'threads[0].steps' });
    drop({ kind: 'store' }, [0, 0]);
    expect(design.ready.value).toBe(false);
    expect(await design.settle()).toBe(true);
    expect(design.ready.value).toBe(true);
    expect(kept()).toEqual(design.document.value);
  });

  it('is found at the field it is about', async () => {
    drop({ kind: 'store' }, [0, 0]);
    design.type(design.text.value.replace('"4 KiB"', '"four"'));
    expect(await design.settle()).toBe(false);
    expect(design.problemAt('threads[0].steps[0].stride')?.expected).toMatch(/a size/);
    expect(design.problemAt('threads[0]')).not.toBeNull();
    expect(design.problemAt('threads[0].steps[0].str')).toBeNull();
  });

  it('of text that is no JSON tells line and what is missing', async () => {
    design.type('{\n  "name": "x"\n  "seed": 1\n}');
    expect(await design.settle()).toBe(false);
    expect(design.problem.value).toEqual({ line: 3, message: 'This is no JSON here', expected: 'a comma or }' });
    expect(lab.asked.filter(({ channel }) => channel === 'experiments.check')).toHaveLength(1);
  });
});
