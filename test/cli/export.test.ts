import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS } from '#lab/export';
import { Library } from '#store/library';
import { faultline, type CliResult } from '../support/cli.ts';
import { hasTool, itAsRoot, itWhen } from '../support/requirement.ts';
import { sampleBatches, sampleRun } from '../support/sample-run.ts';

const MAIN = fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url));

let folder: string;
let library: string;
let id: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-export-'));
  library = join(folder, 'library.db');
  const opened = Library.open(library);
  ({ id } = opened.saveRun(sampleRun('sample'), [], sampleBatches(60_000)));
  opened.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const exported = (format: string, out: string, ...more: string[]): Promise<CliResult> =>
  faultline(['export', id, '--format', format, '--out', out, '--library', library, ...more]);

/** A folder of its own, to see everything that is left in it. */
function freshFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

describe('export', () => {
  // PDF and PNG need Electron: test/e2e/print.test.ts.
  it.each(Object.keys(EXPORT_FORMATS).filter((format) => format !== 'pdf' && format !== 'png'))(
    'writes %s, and nothing else beside it',
    async (format) => {
      const into = freshFolder(format);
      const out = join(into, `run.${format}`);
      expect(await exported(format, out)).toMatchObject({ code: 0, out: `${out}\n` });
      expect(readFileSync(out).length).toBeGreaterThan(100);
      const beside = format === 'md' ? ['run-figures'] : [];
      expect(readdirSync(into).sort()).toEqual([...beside, `run.${format}`].sort());
    },
    30_000,
  );

  it('writes the same bytes again', async () => {
    const [first, second] = ['first', 'second'].map((name) => join(folder, name));
    await exported('perfetto', first);
    await exported('perfetto', second);
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true);
  });

  it('puts no file in the place of what is none, though forced', async () => {
    const refused = await exported('metrics', folder, '--force');
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toContain('is no regular file');
  });

  it('leaves a file that exists, unless it is forced', async () => {
    const out = join(folder, 'there.csv');
    writeFileSync(out, 'mine');
    const refused = await exported('metrics', out);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toContain('exists already');
    expect(readFileSync(out, 'utf8')).toBe('mine');
    expect(await exported('metrics', out, '--force')).toMatchObject({ code: 0 });
    expect(readFileSync(out, 'utf8')).toContain('metric,value');
  });

  it.each([
    ['a folder that is not there', 'csv', 'nowhere/run.csv', 'there is no such folder'],
    ['a format that nobody knows', 'docx', 'run.docx', 'expected one of chrome'],
  ])('refuses %s in one line', async (_, format, name, message) => {
    const { code, out, err } = await exported(format, join(folder, name));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('refuses a run that is not there', async () => {
    const out = join(folder, 'gone.csv');
    const { code, err } = await faultline([
      'export',
      'nosuchrun',
      '--format',
      'csv',
      '--out',
      out,
      '--library',
      library,
    ]);
    expect(code).toBe(2);
    expect(err).toContain('nosuchrun');
    expect(existsSync(out)).toBe(false);
  });

  itWhen(hasTool('bash'), 'bash', 'leaves nothing behind when the disk is full in the middle', () => {
    const into = freshFolder('full');
    // Files may not grow beyond 2 MiB: writes then fail as on a full disk.
    const script = `trap '' XFSZ; ulimit -f 2048; exec "$0" "$@"`;
    const words = ['export', id, '--format', 'csv', '--out', join(into, 'run.csv'), '--library', library];
    const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, MAIN, ...words], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain('nothing was left under this name');
    expect(readdirSync(into)).toEqual([]);
  });

  itAsRoot('says that a small disk is full, and leaves nothing on it', async () => {
    const disk = freshFolder('disk');
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    // A container may keep even root from mounting.
    if (mounted.status !== 0) return;
    try {
      for (const [command, ...words] of [
        ['export', id, '--format', 'csv', '--out', join(disk, 'run.csv')],
        ['export', id, '--format', 'parquet', '--out', join(disk, 'run.parquet')],
        ['export', id, '--format', 'bundle', '--out', join(disk, 'run.faultline')],
        ['report', id, '--out', join(disk, 'report.html')],
      ]) {
        // The table runs out of room in the middle, the others at once.
        const filler = join(disk, 'filler');
        if (!words.includes('csv')) spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096']);
        const { code, err } = await faultline([command, ...words, '--library', library]);
        expect({ words: words.join(' '), code }).toEqual({ words: words.join(' '), code: 1 });
        expect(err).toMatch(/full|space/);
        rmSync(filler, { force: true });
        expect(readdirSync(disk)).toEqual([]);
      }
    } finally {
      spawnSync('umount', [disk]);
    }
  });
});
