import { InputError } from '#model/problem';

/** One phase as a real kernel went through it: a line of the table that the recorder prints. */
export interface RecordedPhase {
  readonly line: number;
  readonly phase: string;
  readonly minflt: number;
  readonly majflt: number;
  /** -1 where the recording does not say. */
  readonly wallMs: number;
  readonly blocksKiB: number;
  /** Data alone, as the extent map lists it; -1 where the recording does not say. */
  readonly dataKiB: number;
  /** Dirty pages of the file; -1 where the kernel does not tell. */
  readonly dirty: number;
}

/** One run of the recorder: a file system, a scenario, a stride, and its phases in order. */
export interface RecordedCase {
  readonly fs: string;
  readonly scen: string;
  /** Stride of the stores, pages. */
  readonly k: number;
  readonly pages: number;
  readonly readAheadKiB: number;
  readonly phases: RecordedPhase[];
  /** What was free when everything was over, KiB; null where the recording does not say. */
  freeAfterKiB: number | null;
  /** The page whose store got SIGBUS; -1 for none, null where the recording does not say. */
  sigbusPage: number | null;
}

const NEEDED = ['fs', 'scen', 'phase', 'k', 'npages', 'minflt', 'majflt', 'st_blocks_KiB', 'cs_dirty_pages'] as const;

/**
 * Reads a table of recorded phases: tab-separated, a header that names the columns (in any order, others
 * are passed over), notes in lines that begin with #.
 * @throws InputError with file and line
 */
export function readKernelRecording(text: string, file: string): RecordedCase[] {
  const cases: RecordedCase[] = [];
  let columns = new Map<string, number>();
  let current: RecordedCase | null = null;
  const lines = text.split('\n');
  lines.forEach((raw, i) => {
    const line = raw.replace(/\r$/, '');
    if (line.trim() === '') return;
    if (line.startsWith('#')) {
      if (current !== null) readNote(line, current);
      return;
    }
    const cells = line.split('\t');
    if (cells[0] === 'fs') {
      columns = new Map(cells.map((name, at) => [name, at]));
      for (const name of NEEDED) {
        if (!columns.has(name)) throw problem(file, i, `the header has no column ${name}`, NEEDED.join(', '));
      }
      return;
    }
    if (columns.size === 0) throw problem(file, i, 'a phase before any header', 'a first line that names the columns');
    const text = (name: string): string => cells[columns.get(name)!] ?? '';
    const number = (name: string, otherwise?: number): number => {
      const at = columns.get(name);
      if (at === undefined && otherwise !== undefined) return otherwise;
      const value = Number(at === undefined ? '' : cells[at]);
      if (at === undefined || cells[at] === undefined || cells[at] === '' || !Number.isFinite(value)) {
        throw problem(file, i, `${name} is "${at === undefined ? '' : (cells[at] ?? '')}"`, 'a number');
      }
      return value;
    };
    const k = number('k');
    const pages = number('npages');
    if (!Number.isInteger(k) || k < 1) throw problem(file, i, `k is ${k}`, 'a whole number of at least 1');
    if (!Number.isInteger(pages) || pages < 1)
      throw problem(file, i, `npages is ${pages}`, 'a whole number of at least 1');
    const readAheadKiB = number('read_ahead_kb', 128);
    const phase = text('phase');
    if (
      current?.fs !== text('fs') ||
      current.scen !== text('scen') ||
      current.k !== k ||
      current.pages !== pages ||
      current.readAheadKiB !== readAheadKiB ||
      current.phases.some((other) => other.phase === phase)
    ) {
      current = {
        fs: text('fs'),
        scen: text('scen'),
        k,
        pages,
        readAheadKiB,
        phases: [],
        freeAfterKiB: null,
        sigbusPage: null,
      };
      cases.push(current);
    }
    current.phases.push({
      line: i + 1,
      phase,
      minflt: number('minflt'),
      majflt: number('majflt'),
      wallMs: number('wall_ms', -1),
      blocksKiB: number('st_blocks_KiB'),
      dataKiB: number('fiemap_KiB', -1),
      dirty: number('cs_dirty_pages'),
    });
  });
  if (cases.length === 0) throw new InputError({ file, message: 'no phases', expected: 'a table of recorded phases' });
  return cases;
}

function readNote(line: string, current: RecordedCase): void {
  const free = /after fsync bavail_KiB=(\d+)/.exec(line);
  if (free !== null) current.freeAfterKiB = Number(free[1]);
  const sigbus = /sigbus_page=(-?\d+)/.exec(line);
  if (sigbus !== null) current.sigbusPage = Number(sigbus[1]);
}

function problem(file: string, index: number, message: string, expected: string): InputError {
  return new InputError({ file, line: index + 1, message, expected });
}
