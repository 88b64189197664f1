import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { InputError } from '#model/problem';

/**
 * Writes a file whole or not at all.
 * @throws InputError when it exists and may not be replaced, or cannot be written
 */
export function writeWhole(path: string, text: string, force: boolean): void {
  if (existsSync(path) && !force)
    throw new InputError({ file: path, message: 'exists already', expected: 'a new name, or --force to replace it' });
  const half = `${path}.${process.pid}.part`;
  try {
    writeFileSync(half, text);
    renameSync(half, path);
  } catch (error) {
    rmSync(half, { force: true });
    throw new InputError({
      file: path,
      message: `cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}
