import { existsSync, statSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '#model/problem';

/** The computer could not write a file, through no fault of who asked: a full disk, a failing one. */
export class WriteFailure extends Error {
  constructor(path: string, why: string, cause: unknown) {
    super(`${path}: ${why}; nothing was left under this name`, { cause });
    this.name = 'WriteFailure';
  }
}

/** Faults of the machine, not of the name given. */
const MACHINE_FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'the file is larger than this system allows',
  EIO: 'the disk reports an error',
};

const ROOM_BYTES = 1 << 20;
/** A UTF-16 unit takes at most three bytes in UTF-8. */
const UTF8_BYTES_PER_UNIT = 3;

/** @throws InputError when a file of that name exists and may not be replaced */
export function refuseExisting(path: string, force: boolean): void {
  if (existsSync(path) && !force)
    throw new InputError({ file: path, message: 'exists already', expected: 'a new name, or --force to replace it' });
  // A device, a pipe or a folder would be gone, and a file in its place.
  if (existsSync(path) && !statSync(path).isFile())
    throw new InputError({ file: path, message: 'is no regular file', expected: 'the name of a file' });
}

/**
 * Writes a file of any size whole or not at all: under another name beside it, brought to the disk, and then renamed.
 * @returns bytes written
 * @throws InputError when it exists and may not be replaced, or its name cannot be written to; WriteFailure when the
 * disk is full or fails; what the pieces throw. In every case nothing new is left behind.
 */
export async function writeWholeFile(
  path: string,
  pieces: AsyncIterable<string | Uint8Array>,
  force: boolean,
): Promise<number> {
  refuseExisting(path, force);
  const half = `${path}.${process.pid}.part`;
  let bytes = 0;
  try {
    const file = await translated(path, () => open(half, 'w'));
    try {
      const write = (data: Uint8Array): Promise<void> =>
        translated(path, async () => {
          for (let done = 0; done < data.length;) done += (await file.write(data, done)).bytesWritten;
          bytes += data.length;
        });
      // One buffer for all pieces: a new one each would be garbage by the gigabyte.
      const room = Buffer.allocUnsafe(ROOM_BYTES);
      let used = 0;
      const flush = async (): Promise<void> => {
        await write(room.subarray(0, used));
        used = 0;
      };
      for await (const piece of pieces) {
        const most = piece.length * (typeof piece === 'string' ? UTF8_BYTES_PER_UNIT : 1);
        if (used + most > ROOM_BYTES) await flush();
        if (most > ROOM_BYTES) await write(typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece);
        else if (typeof piece === 'string') used += room.write(piece, used, 'utf8');
        else {
          room.set(piece, used);
          used += piece.length;
        }
      }
      await flush();
      await translated(path, () => file.sync());
    } finally {
      await file.close();
    }
    refuseExisting(path, force);
    await translated(path, () => rename(half, path));
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
  return bytes;
}

/** Makes the folder that a file goes to, with those above it. @throws InputError when it cannot be made */
export async function makeFolderOf(path: string): Promise<void> {
  await translated(path, () => mkdir(dirname(path), { recursive: true }));
}

async function translated<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const fault = MACHINE_FAULTS[code];
    if (fault !== undefined) throw new WriteFailure(path, fault, error);
    throw new InputError({
      file: path,
      message: `cannot be written: ${WORDS[code] ?? (error instanceof Error ? error.message : String(error))}`,
      expected: 'a file in a folder that you may write to',
    });
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
};

/**
 * Writes a short text whole or not at all.
 * @throws InputError when the file exists and may not be replaced, or cannot be written
 */
export function writeWhole(path: string, text: string, force: boolean): void {
  refuseExisting(path, force);
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
