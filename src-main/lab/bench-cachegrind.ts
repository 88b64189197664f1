import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Times cachegrind on the bench's accesses, made by a C program. */
export interface CachegrindBench {
  /** Million data references a second of CPU time, start-up left out. */
  millionPerSecond(pattern: string, accesses: number): number;
  close(): void;
}

/** Accesses of the run that shows what start-up takes. */
const STARTUP_ACCESSES = 1;
/** The usual first level, and a last level between those of the documents. */
const CACHES = ['--I1=32768,8,64', '--D1=32768,8,64', '--LL=16777216,16,64'];

/** Compiles `source`; null where there is no valgrind, no C compiler or no shell. */
export function openCachegrind(source: string): CachegrindBench | null {
  if (process.platform === 'win32' || !works('valgrind') || !works('cc')) return null;
  const folder = mkdtempSync(join(tmpdir(), 'faultline-bench-'));
  const program = join(folder, 'accesses');
  execFileSync('cc', ['-O2', '-o', program, source], { stdio: 'pipe' });
  const run = (pattern: string, accesses: number): { references: number; seconds: number } => {
    const out = join(folder, 'out');
    const valgrind = [
      'valgrind',
      '--tool=cachegrind',
      '--cache-sim=yes',
      ...CACHES,
      `--cachegrind-out-file=${out}`,
      `--log-file=${out}.log`,
      program,
      pattern,
      String(accesses),
    ];
    const times = execFileSync('sh', ['-c', '"$@" >/dev/null || exit 1; times', 'sh', ...valgrind], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const seconds = childSeconds(times);
    return { references: dataReferences(readFileSync(out, 'utf8')), seconds };
  };
  return {
    millionPerSecond(pattern, accesses) {
      const startup = run(pattern, STARTUP_ACCESSES);
      const whole = run(pattern, accesses);
      return (whole.references - startup.references) / (whole.seconds - startup.seconds) / 1e6;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** CPU time of the shell's children: the second line of `times`, such as `0m1.530000s 0m0.020000s`. */
function childSeconds(times: string): number {
  const parts = [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}

/** Dr + Dw of the summary line: Ir I1mr ILmr Dr D1mr DLmr Dw D1mw DLmw. */
function dataReferences(text: string): number {
  const summary = text.split('\n').find((line) => line.startsWith('summary:'));
  const values = (summary ?? '').trim().split(/\s+/).slice(1).map(Number);
  return values[3] + values[6];
}

function works(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
