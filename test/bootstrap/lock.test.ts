import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from '../../src-main/bootstrap/lock.mjs';

let folder = '';
let lock = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-lock-'));
  lock = join(folder, 'cache', 'work.lock');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('lets one in at a time', async () => {
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    order.push(`${name} ends`);
  };
  await Promise.all([withLock(lock, 'a test', work('first')), withLock(lock, 'a test', work('second'))]);
  expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
});

it('is free again after a failure', async () => {
  await expect(withLock(lock, 'a test', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(lock)).toBe(false);
});

it('takes over from a holder that is dead', async () => {
  const dead = spawnSync(process.execPath, ['--version']).pid;
  await withLock(lock, 'a test', () => Promise.resolve());
  writeFileSync(lock, String(dead));
  await expect(withLock(lock, 'a test', () => Promise.resolve('done'))).resolves.toBe('done');
});

it('takes over from a holder that has long been silent, whoever has its process id now', async () => {
  await withLock(lock, 'a test', () => Promise.resolve());
  writeFileSync(lock, String(process.pid));
  const longAgo = new Date(Date.now() - 600_000);
  utimesSync(lock, longAgo, longAgo);
  await expect(withLock(lock, 'a test', () => Promise.resolve('done'))).resolves.toBe('done');
});
