import { join, resolve } from 'node:path';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { filesOf, readDocument } from '../../src-main/app/opened.ts';
import { readSettings, writeSettings } from '../../src-main/app/settings.ts';
import { placeWindow } from '../../src-main/app/window-state.ts';

vi.mock('electron', () => ({ protocol: {} }));
const { CONTENT_SECURITY_POLICY, fileFor } = await import('../../src-main/app/protocol.ts');

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'faultline-app-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe('the scheme', () => {
  const root = resolve('/lab/renderer');

  it('serves what lies below its root', () => {
    expect(fileFor(root, 'faultline://app/')).toBe(join(root, 'index.html'));
    expect(fileFor(root, 'faultline://app/assets/a%20b.js?x#y')).toBe(join(root, 'assets', 'a b.js'));
  });

  it.each([
    'faultline://app/../secret.txt',
    'faultline://app/%2e%2e/secret.txt',
    'faultline://app/..%2f..%2fetc/passwd',
    'faultline://app/a%00.js',
    'faultline://app/%E0%A4%A',
    'faultline://other/index.html',
    'nonsense',
  ])('does not leave it: %s', (url) => {
    const file = fileFor(root, url);
    expect(file === null || file.startsWith(root)).toBe(true);
  });

  it('allows no inline code, no eval and nothing from elsewhere', () => {
    expect(CONTENT_SECURITY_POLICY).toContain("default-src 'none'");
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|\*|https?:/);
  });
});

describe('the window', () => {
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];

  it('opens where it was', () => {
    const last = { x: 100, y: 50, width: 1400, height: 900, maximized: false };
    expect(placeWindow(last, screens)).toEqual({ x: 100, y: 50, width: 1400, height: 900 });
  });

  it('comes back when its screen is gone, and fits the one there is', () => {
    const last = { x: 4000, y: 50, width: 3000, height: 2000, maximized: false };
    expect(placeWindow(last, screens)).toEqual({ width: 1920, height: 1080 });
  });

  it('is never too small to use', () => {
    expect(placeWindow({ width: 10, height: 10, maximized: false }, screens)).toEqual({ width: 960, height: 600 });
  });
});

describe('settings', () => {
  it('are kept, and a damaged file counts as none', () => {
    const file = join(folder(), 'deep', 'settings.json');
    const settings = {
      theme: 'dark' as const,
      contrast: 'more' as const,
      zoom: 1.25,
      window: { width: 1000, height: 700, maximized: true },
    };
    writeSettings(file, settings);
    expect(readSettings(file)).toEqual(settings);
    writeFileSync(file, '{"theme": 7');
    expect(readSettings(file)).toMatchObject({ theme: 'system', contrast: 'system' });
  });
});

describe('files named on the command line', () => {
  it('are what is no switch, from where the person stands', () => {
    const argv = ['electron', '/lab', '--no-sandbox', 'a.json', '--flag=1', '/b.json'];
    expect(filesOf(argv, false, '/home')).toEqual(['/home/a.json', '/b.json']);
    expect(filesOf(['faultline', 'a.json'], true, '/home')).toEqual(['/home/a.json']);
  });

  it('are refused with their name when they are no JSON or not there', async () => {
    const file = join(folder(), 'x.json');
    writeFileSync(file, '{');
    await expect(readDocument(file)).rejects.toMatchObject({ problem: { file } });
    await expect(readDocument(`${file}.missing`)).rejects.toMatchObject({ problem: { file: `${file}.missing` } });
  });
});
