/**
 * Tests that need something a machine may lack. A test left out says so in its own name with a suffix the
 * runner reads: `[needs shared]`, `[needs root]`, `[needs valgrind]`. With CI=true the runner counts a
 * left-out test as failed, except where it lacks only `shared` or `root`.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'vitest';
import { hasShared } from './shared.ts';

/** Body of a test; may be asynchronous. */
type TestBody = () => void | Promise<void>;

/** Whether a program of that name is on the PATH and may be run. */
export function hasTool(tool: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter).concat('/usr/sbin', '/sbin');
  return folders.some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Whether this process is root (never on Windows). */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The name a test carries: the requirement is shown only where it is missing. */
function nameFor(name: string, need: string, met: boolean): string {
  return met ? name : `${name} [needs ${need}]`;
}

/** A group of tests that reads `../shared` (all of `parts` must exist there). Collected, but not run, without it. */
export function describeWithShared(name: string, body: () => void, ...parts: readonly string[]): void {
  const met = hasShared(...parts);
  describe.skipIf(!met)(nameFor(name, 'shared', met), body);
}

/** One test that reads `../shared`. */
export function itWithShared(name: string, body: TestBody, timeoutMs?: number): void {
  const met = hasShared();
  it.skipIf(!met)(nameFor(name, 'shared', met), body, timeoutMs);
}

/** One test that needs root: mounts, tracefs, loop devices. */
export function itAsRoot(name: string, body: TestBody, timeoutMs?: number): void {
  const met = isRoot();
  it.skipIf(!met)(nameFor(name, 'root', met), body, timeoutMs);
}

/** One test that needs a program, for instance `itWithTool('valgrind', ...)`. */
export function itWithTool(tool: string, name: string, body: TestBody, timeoutMs?: number): void {
  const met = hasTool(tool);
  it.skipIf(!met)(nameFor(name, tool, met), body, timeoutMs);
}

/** A group of tests that needs a program. */
export function describeWithTool(tool: string, name: string, body: () => void): void {
  const met = hasTool(tool);
  describe.skipIf(!met)(nameFor(name, tool, met), body);
}

/** One test with a condition of its own; `need` is a short word for what is missing. */
export function itWhen(met: boolean, need: string, name: string, body: TestBody, timeoutMs?: number): void {
  it.skipIf(!met)(nameFor(name, need, met), body, timeoutMs);
}
