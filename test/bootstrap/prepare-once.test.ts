import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { prepareOnce } from '../../src-main/bootstrap/prepare-once.mjs';

let cache = '';

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'faultline-cache-'));
  vi.stubEnv('FAULTLINE_CACHE', cache);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

it('prepares a folder once, however many ask at the same time', async () => {
  let times = 0;
  const prepare = (folder: string) => {
    times += 1;
    writeFileSync(join(folder, 'file'), 'whole');
    return Promise.resolve();
  };
  const folders = await Promise.all([1, 2, 3].map(() => prepareOnce('thing-1', 'a test', prepare)));
  expect(times).toBe(1);
  expect(new Set(folders)).toEqual(new Set([join(cache, 'thing-1')]));
  expect(readFileSync(join(cache, 'thing-1', 'file'), 'utf8')).toBe('whole');
});

it('leaves nothing behind when preparing fails, so that the next start tries again', async () => {
  const fail = (folder: string) => {
    writeFileSync(join(folder, 'half'), '');
    return Promise.reject(new Error('cut off'));
  };
  await expect(prepareOnce('thing-1', 'a test', fail)).rejects.toThrow('cut off');
  expect(existsSync(join(cache, 'thing-1'))).toBe(false);
  expect(readdirSync(cache)).toEqual([]);
});
