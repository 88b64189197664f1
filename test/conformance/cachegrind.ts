import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CacheOptions } from '#lab/conformance-cache';

/** A folder of its own, removed by the returned function. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'faultline-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Environment of both tools: addresses on the stack depend on it. */
const ENVIRONMENT = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' };

function run(file: string, args: readonly string[]): void {
  execFileSync(file, args, { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Compiles a program of `test/conformance/programs`; statically, for the dynamic loader reads strings that differ from run to run. */
export function compile(folder: string, source: string, name: string): string {
  const program = join(folder, name);
  run('cc', ['-O1', '-g0', '-w', '-static', '-o', program, source]);
  return program;
}

/** Writes the program's lackey trace. */
export function recordLackey(program: string): string {
  const trace = `${program}.trace`;
  run('valgrind', ['--tool=lackey', '--trace-mem=yes', `--log-file=${trace}`, program]);
  return trace;
}

/** Cachegrind's own counters for the program. */
export function runCachegrind(program: string, options: CacheOptions): Record<string, number> {
  const out = `${program}.cachegrind`;
  const args = [
    '--tool=cachegrind',
    '--cache-sim=yes',
    `--I1=${options.I1}`,
    `--D1=${options.D1}`,
    `--LL=${options.LL}`,
    `--cachegrind-out-file=${out}`,
    `--log-file=${out}.log`,
    program,
  ];
  run('valgrind', args);
  const lines = readFileSync(out, 'utf8').split('\n');
  const names = lines
    .find((line) => line.startsWith('events:'))!
    .trim()
    .split(/\s+/)
    .slice(1);
  const values = lines
    .find((line) => line.startsWith('summary:'))!
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return Object.fromEntries(names.map((name, i) => [name, values[i]]));
}
