/** Bytes of a page. */
const PAGE = 4096;

export type StepJson = Record<string, unknown>;

/**
 * The steps of a scenario of the recorder, named as its phases are; steps that are no phases have names in parentheses.
 * They are about a mapping `map` of a file `file`.
 * @param scenario its letter, with what follows it
 * @param k stride of the stores, pages
 * @param pages pages of the file
 * @returns null for a scenario that the recorder does not have
 */
export function recorderSteps(scenario: string, k: number, pages: number): StepJson[] | null {
  const load = (name: string, from = 0, count?: number): StepJson => ({
    do: 'load',
    name,
    mapping: 'map',
    at: '7 B',
    from: `${from} B`,
    ...(count === undefined ? {} : { count }),
  });
  const store = (name: string): StepJson => ({ do: 'store', name, mapping: 'map', stride: `${k * PAGE} B`, at: '7 B' });
  const msync = (name = 'msync'): StepJson => ({ do: 'msync', name, mapping: 'map' });
  const bytes = pages * PAGE;
  switch (scenario[0]) {
    case 'A':
    case 'E': {
      const steps = [
        load('read_all'),
        load('read_again'),
        store('store_k'),
        msync(),
        store('restore_k'),
        msync('msync2'),
      ];
      return scenario.startsWith('E')
        ? [{ do: 'madvise', name: '(random)', mapping: 'map', advice: 'random' }, ...steps]
        : steps;
    }
    case 'B':
      return [store('store_k'), msync()];
    case 'C':
      return [load('read_all'), msync()];
    case 'D':
      return [store('store_k'), store('restore_dirty'), msync(), store('restore_k'), msync('msync2')];
    case 'F':
      return [
        { do: 'fadvise', name: '(random)', file: 'file', advice: 'random' },
        { do: 'read', name: 'pread_all', file: 'file', chunk: '4 KiB' },
        load('read_all'), store('store_k'), msync(), store('restore_k'), msync('msync2'),
      ]; // prettier-ignore
    case 'P':
      return [store('store1'), store('store2'), msync()];
    case 'Q':
      return [
        { do: 'madvise', name: 'populate_read', mapping: 'map', advice: 'populate-read' },
        store('store_k'),
        msync(),
      ];
    case 'X':
      return [
        { do: 'madvise', name: 'populate_write', mapping: 'map', advice: 'populate-write' },
        store('store_k'),
        msync(),
      ];
    case 'S':
      return [store('store_until_sigbus'), msync(), { do: 'fsync', name: '(fsync)', file: 'file' }];
    case 'W':
      return [store('store_k'), { do: 'sleep', name: 'wait_bg_writeback', time: '60 s' }, store('restore_k')];
    case 'T':
      return [
        store('store_k'), msync(),
        { do: 'truncate', name: 'ftruncate_half', file: 'file', size: `${bytes / 2} B` },
        load('touch_beyond_eof', bytes / 2, 1),
        { do: 'truncate', name: 'ftruncate_full', file: 'file', size: `${bytes} B` },
        load('reread_tail', Math.floor(pages / 2) * PAGE),
        { do: 'punch', name: 'punch_first_quarter', file: 'file', from: '0', length: `${bytes / 4} B` },
        store('store_k_after_punch'), msync('msync2'),
      ]; // prettier-ignore
    default:
      return null;
  }
}

/** Letters of the recorder's scenarios, the one that says most first where several have the same phases. */
const SCENARIOS = ['A', 'B', 'C', 'D', 'F', 'P', 'Q', 'X', 'S', 'W', 'T'];

/** The scenario that has just these phases, null where none has. */
export function scenarioOf(phases: readonly string[]): string | null {
  for (const scenario of SCENARIOS) {
    const steps = recorderSteps(scenario, 1, 2) ?? [];
    const names = steps.map((step) => String(step['name'])).filter((name) => !name.startsWith('('));
    if (names.length === phases.length && names.every((name, i) => name === phases[i])) return scenario;
  }
  return null;
}
