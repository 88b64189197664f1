import { open } from 'node:fs/promises';

/** How every zip archive with something in it begins; of what the lab takes, only bundles are archives. */
const MAGIC = 'PK\u0003\u0004';

/** Whether a file is a bundle of runs, whatever it is called; false for one that cannot be read. */
export async function isBundleFile(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
      return buffer.toString('latin1', 0, bytesRead) === MAGIC;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
