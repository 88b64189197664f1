import { readFileSync, rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emulationOf } from '#lab/emulation-of';
import { importFile } from '#lab/import';
import { Lab } from '#lab/lab';
import { scenarioOf } from '#lab/recorder-scenarios';
import { RunPairs } from '#lab/run-pairs';
import { InputError } from '#model/problem';
import type { RunInfo } from '#model/run';
import { itWhen } from '../support/requirement.ts';
import { hasShared, repositoryRoot, sharedPath } from '../support/shared.ts';

const TRACES = ['ground-truth', 'traces'] as const;
const worker = (name: string): Worker => new Worker(join(repositoryRoot, 'src-main', 'workers', name));

describe('two runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-pairs-'));
  let lab: Lab;
  let pairs: RunPairs;
  let seed: readonly RunInfo[] = [];

  beforeAll(async () => {
    lab = await Lab.open({
      makeEmulatorWorker: () => worker('emulator.ts'),
      makeStoreWorker: () => worker('store.ts'),
      libraryPath: join(folder, 'library.faultline.db'),
      resourcesPath: join(repositoryRoot, 'resources'),
      parallel: 1,
    });
    pairs = new RunPairs(lab.library);
    const file = join(repositoryRoot, 'resources', 'experiments', '2005-question.json');
    seed = await lab.run(JSON.parse(readFileSync(file, 'utf8')));
  });

  afterAll(async () => {
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ofPolicy = (policy: string): RunInfo => {
    const run = seed.find((one) => one.policy === policy);
    if (run === undefined) throw new Error(`no run under ${policy}`);
    return run;
  };

  it('make their first store where the first step that stores begins, whether it faults or not', async () => {
    for (const policy of ['P1', 'P5']) {
      const { id, phases } = ofPolicy(policy);
      expect(await pairs.firstStore(id), policy).toBe(Math.round(phases[1].startNs * 1000));
    }
  });

  it('agree with themselves', async () => {
    const { id } = ofPolicy('P5');
    const { same, compared } = await pairs.agreement(id, id);
    expect([same, compared]).toEqual([12, 12]);
  });

  it('say why of the same store: trapped under P5, filled before under P1', async () => {
    const { id: left } = ofPolicy('P1');
    const { id: right } = ofPolicy('P5');
    const { rows } = await lab.library.eventList(right, { kinds: [3], limit: 2 });
    const why = await pairs.why(left, right, 'right', rows[1].index);
    const faultOf = (side: 'left' | 'right'): string => why?.[side].parts[1].text ?? '';
    expect(faultOf('right')).toBe('write-protect fault (minor)');
    expect(faultOf('left')).toMatch(/^read fault/);
    expect(why?.left.page).toBe(16);
  });

  for (const name of ['xfs-4k', 'ext4-4k'])
    itWhen(
      hasShared(...TRACES),
      'shared',
      `agree exactly where one is a recording and the other its emulation: ${name}`,
      async () => {
        const trace = sharedPath(...TRACES, `${name}.A.trace`);
        const { id } = await importFile(trace, () => Promise.resolve(lab.library), { date: '2026-01-01' });
        if (id === null) throw new Error('the trace is no run');
        const document = await emulationOf(lab.library, id, lab.documents);
        expect(document).toMatchObject({ filesystems: [name], files: [{ size: '1024 KiB' }] });
        const [emulated] = await lab.run(document);
        const { steps, same, compared } = await pairs.agreement(id, emulated.id);
        expect(steps.map((step) => step.name)).toEqual([
          'read_all',
          'read_again',
          'store_k',
          'msync',
          'restore_k',
          'msync2',
        ]);
        expect([same, compared]).toEqual([24, 24]);
        // The recorder's own phase, not the program's stack, is where the first store is.
        const recorded = await lab.library.getRun(id);
        expect(await pairs.firstStore(id)).toBe(Math.round(recorded.phases[2].startNs * 1000));
      },
    );

  it('cannot be made of an emulation: there is nothing to emulate', async () => {
    await expect(emulationOf(lab.library, ofPolicy('P5').id, lab.documents)).rejects.toThrow(InputError);
  });
});

describe('scenarios of the recorder', () => {
  it('are known by the names of their phases', () => {
    expect(scenarioOf(['read_all', 'read_again', 'store_k', 'msync', 'restore_k', 'msync2'])).toBe('A');
    expect(scenarioOf(['store_k', 'wait_bg_writeback', 'restore_k'])).toBe('W');
    expect(scenarioOf(['store_k'])).toBeNull();
  });
});
