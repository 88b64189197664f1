import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RunListing } from '#model/library';
import type { TakenFile } from '../../../src-main/ipc/import-schemas.ts';
import { blankDocument } from '../../../src-renderer/designer/document.ts';
import { record, startHistory } from '../../../src-renderer/designer/history.ts';
import { useDrafts } from '../../../src-renderer/stores/drafts.ts';
import { useExperiments } from '../../../src-renderer/stores/experiments.ts';
import { useImports } from '../../../src-renderer/stores/imports.ts';
import { useNotices } from '../../../src-renderer/stores/notices.ts';
import { useRuns } from '../../../src-renderer/stores/runs.ts';
import { useUndo } from '../../../src-renderer/stores/undo.ts';
import { useWorkspace } from '../../../src-renderer/stores/workspace.ts';
import { useSweeps } from '../../../src-renderer/sweeps/store.ts';
import { stubLab } from '../lab-stub.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const listing = (id: string, fields: Partial<RunListing> = {}): RunListing =>
  ({ id, policy: 'P1', filesystem: 'ext4-4k', machine: 'server', tags: [], ...fields }) as unknown as RunListing;

describe('files that came in', () => {
  const taking = (found: readonly TakenFile[]) => {
    const lab = stubLab({
      'files.take': () => [...found],
      'runs.workload': () => ({ document: { from: 'a run' }, leftAside: [] }),
    });
    return { lab, imports: useImports(), workspace: useWorkspace(), notices: useNotices() };
  };
  const run: TakenFile = { became: 'run', file: '/a/trace.txt', format: 'ftrace', run: 'r1', existing: false, events: 3, leftAside: [] }; // prettier-ignore
  const lackey: TakenFile = { became: 'experiment', file: '/a/toy.txt', document: { name: 'toy' }, format: 'lackey', leftAside: [] }; // prettier-ignore

  it('are shown where they belong', async () => {
    const { imports, workspace } = taking([run]);
    await imports.take(['/a/trace.txt']);
    expect(workspace.place).toBe('recordings');
    expect(imports.operation).toBeNull();
  });

  it('open an experiment of theirs', async () => {
    const { imports } = taking([lackey]);
    await imports.take(['/a/toy.txt']);
    expect(useExperiments().current?.name).toBe('toy');
  });

  it('become part of the design that is open, which stays open', async () => {
    const { imports, workspace } = taking([lackey, run]);
    workspace.design('draft:1');
    const got: unknown[] = [];
    imports.taker = (document, about) => got.push([document, about]);
    await imports.take(['/a/toy.txt', '/a/trace.txt']);
    expect(got).toEqual([
      [{ name: 'toy' }, 'lackey, toy.txt'],
      [{ from: 'a run' }, 'ftrace, trace.txt'],
    ]);
    expect(workspace.openDraft).toBe('draft:1');
  });

  it('that cannot be taken are told with the reason, the others are taken', async () => {
    const { imports, notices, workspace } = taking([
      { became: 'nothing', file: '/a/words.txt', message: 'the format is not recognised' },
      {
        became: 'bundle',
        file: '/a/b.faultline',
        runs: [
          { run: 'x', existing: false },
          { run: 'y', existing: true },
        ],
      },
    ]);
    await imports.take(['/a/words.txt', '/a/b.faultline']);
    expect(notices.notices.map(({ tone, title, text }) => [tone, title, text])).toEqual([
      ['alarm', 'words.txt cannot be taken', 'the format is not recognised'],
      ['plain', 'b.faultline: 2 runs', '1 new, 1 in the library already.'],
    ]);
    expect(workspace.place).toBe('library');
  });
});

describe('the library', () => {
  it('remembers what can be filtered by while a filter hides it', async () => {
    const all = [listing('a'), listing('b', { policy: 'P5', machine: 'laptop' })];
    stubLab({
      'runs.list': ({ policy }) => {
        const runs = all.filter((one) => policy === undefined || one.policy === policy);
        return { total: runs.length, runs };
      },
      'runs.tags': () => [],
    });
    const runs = useRuns();
    await runs.load();
    await runs.setQuery({ policy: 'P5' });
    expect(runs.runs.map(({ id }) => id)).toEqual(['b']);
    expect(runs.known).toMatchObject({ policy: ['P1', 'P5'], machine: ['laptop', 'server'] });
  });

  it('leaves an answer aside that a later question has overtaken', async () => {
    const waiting: (() => void)[] = [];
    stubLab({
      'runs.list': async ({ text }) => {
        if (text === 'slow') await new Promise<void>((resolve) => waiting.push(resolve));
        return { total: 1, runs: [listing(text ?? '')] };
      },
      'runs.tags': () => [],
    });
    const runs = useRuns();
    const slow = runs.setQuery({ text: 'slow' });
    await runs.setQuery({ text: 'quick' });
    waiting.forEach((go) => go());
    await slow;
    expect(runs.runs.map(({ id }) => id)).toEqual(['quick']);
  });
});

describe('what was thrown away', () => {
  it('comes back, the last first, also when its offer has gone', async () => {
    const lab = stubLab({ 'runs.delete': () => undefined, 'runs.restore': () => undefined });
    const drafts = useDrafts();
    const [first, second] = [drafts.start({ name: 'one' }), drafts.start({ name: 'two' })];
    const experiments = useExperiments();
    experiments.dropDraft(first);
    await useRuns().remove(['a', 'b']);
    expect(drafts.drafts.map(({ id }) => id)).toEqual([second]);
    const notices = useNotices();
    expect(notices.notices.map(({ title }) => title)).toEqual(['“one” discarded', '2 runs deleted']);
    notices.dismissAll();
    const undo = useUndo();
    undo.undo();
    expect(lab.asked.at(-1)).toEqual({ channel: 'runs.restore', request: ['a', 'b'] });
    undo.undo();
    expect(drafts.drafts.map(({ id }) => id)).toEqual([second, first]);
    expect(experiments.current?.name).toBe('one');
    expect(undo.last).toBeNull();
  });

  it('a sweep too, where it stood', () => {
    stubLab({});
    const sweeps = useSweeps();
    for (const name of ['one', 'two', 'three']) sweeps.startFrom({ name, document: {} });
    const middle = sweeps.sweeps[1].id;
    sweeps.drop(middle);
    expect(sweeps.sweeps).toHaveLength(2);
    useUndo().undo();
    expect(sweeps.sweeps[1].id).toBe(middle);
  });
});

describe('runs chosen in the library', () => {
  it('stay chosen while a filter hides them, until they are deleted', async () => {
    stubLab({ 'runs.delete': () => undefined, 'runs.list': () => ({ total: 0, runs: [] }), 'runs.tags': () => [] });
    const runs = useRuns();
    runs.toggle(listing('a'));
    runs.toggle(listing('b'));
    await runs.setQuery({ policy: 'P5' });
    expect([...runs.chosen.keys()]).toEqual(['a', 'b']);
    await runs.remove(['a']);
    runs.toggle(listing('b'));
    expect(runs.chosen.size).toBe(0);
  });

  it('are found by words without the spaces being typed', async () => {
    const lab = stubLab({ 'runs.list': () => ({ total: 0, runs: [] }), 'runs.tags': () => [] });
    const runs = useRuns();
    await runs.setQuery({ text: ' P5 ' });
    expect(runs.query.text).toBe(' P5 ');
    await runs.setQuery({ text: ' ' });
    const texts = lab.asked.filter(({ channel }) => channel === 'runs.list').map(({ request }) => (request as { text?: string }).text); // prettier-ignore
    expect(texts).toEqual(['P5', undefined]);
  });
});

describe('drafts', () => {
  it('are there after a restart, and a broken store of them is none', () => {
    const { kept } = stubLab({});
    const id = useDrafts().start({ name: 'mine' });
    const written = kept.get('faultline.drafts') ?? '';
    stubLab({}).kept.set('faultline.drafts', written);
    expect(useDrafts().drafts).toEqual([{ id, text: '{\n  "name": "mine"\n}' }]);
    stubLab({}).kept.set('faultline.drafts', '{');
    expect(useDrafts().drafts).toEqual([]);
  });

  it('in which nothing was done are not kept', () => {
    const { kept } = stubLab({});
    const drafts = useDrafts();
    const id = drafts.start(blankDocument());
    const [{ text }] = drafts.drafts;
    const present = { document: blankDocument(), text };
    drafts.leave(id, startHistory(present));
    expect(drafts.drafts).toEqual([]);
    // Nor from a window that was closed with one open.
    drafts.start(blankDocument());
    const written = kept.get('faultline.drafts') ?? '';
    stubLab({}).kept.set('faultline.drafts', written);
    expect(useDrafts().drafts).toEqual([]);
  });

  it('keep what can be undone as long as the window is open, while they are the same text', () => {
    stubLab({});
    const drafts = useDrafts();
    const id = drafts.start({ name: 'mine' });
    const before = { document: blankDocument(), text: 'before' };
    const history = record(startHistory(before), { ...before, text: 'after' }, null, 0);
    drafts.leave(id, history);
    expect(drafts.drafts[0].text).toBe('after');
    expect(drafts.historyOf(id, 'after')).toEqual(history);
    expect(drafts.historyOf(id, 'another')).toBeNull();
  });

  it('that are discarded come back where they were, with their history', () => {
    stubLab({});
    const drafts = useDrafts();
    const ids = ['one', 'two', 'three'].map((name) => drafts.start({ name })).reverse();
    const history = startHistory({ document: blankDocument(), text: drafts.drafts[1].text });
    drafts.leave(ids[1], history);
    const experiments = useExperiments();
    experiments.dropDraft(ids[1]);
    expect(drafts.drafts.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    const offer = useNotices().notices[0];
    expect(offer.title).toBe('“two” discarded');
    offer.action?.run();
    expect(drafts.drafts.map(({ id }) => id)).toEqual(ids);
    expect(experiments.chosen).toBe(ids[1]);
    expect(drafts.historyOf(ids[1], history.present.text)).toEqual(history);
  });

  it('that no longer fit are told of, with the way out', () => {
    stubLab({});
    localStorage.setItem = () => {
      throw new Error('quota');
    };
    useDrafts().start({});
    expect(useNotices().notices[0].title).toMatch(/discard one/);
  });
});

describe('a result', () => {
  it('is outdated as soon as its experiment is changed', async () => {
    stubLab({ 'experiments.run': () => [] });
    const experiments = useExperiments();
    const drafts = useDrafts();
    const id = drafts.start({ name: 'own' });
    const own = () => experiments.all.find((other) => other.id === id) ?? expect.fail('gone');
    expect(experiments.isOutdated(own())).toBe(false);
    await experiments.run(own());
    expect(experiments.isOutdated(own())).toBe(false);
    drafts.write(id, '{"name": "changed"}');
    expect(experiments.isOutdated(own())).toBe(true);
  });
});

describe('a run under way', () => {
  it('is told of by its own progress, and is over with its result', async () => {
    let finish = (): void => undefined;
    const lab = stubLab({
      'experiments.run': () => new Promise((resolve) => (finish = () => resolve([]))),
    });
    const experiments = useExperiments();
    experiments.add('/a/own.json', { name: 'own' });
    const done = experiments.run(experiments.all[0]);
    const operation = experiments.work?.operation ?? '';
    const state = { run: 1, runs: 2, name: 'P5', done: 5, total: 10, events: 3 };
    lab.tell('operations.progress', { operation: 'another', ...state });
    expect(experiments.work?.runs).toEqual([]);
    lab.tell('operations.progress', { operation, ...state });
    expect(experiments.work?.runs).toEqual([null, { operation, ...state }]);
    finish();
    await done;
    expect(experiments.work).toBeNull();
    expect(experiments.results.get('file:/a/own.json')).toEqual([]);
  });
});
