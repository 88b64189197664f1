import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Documents } from '#lab/documents';
import { DRIVE_FORMAT, driveSchema, type DriveDocument } from '#model/drive';
import { InputError } from '#model/problem';
import { parseJson, validate } from '#model/validate';
import { importDiskSim } from '#recording/disksim/import';

/** What the figures of DiskSim's parameter files are said to come from, besides the file's name. */
export const DISKSIM_ORIGIN = 'DiskSim 4.0 parameter set';
/** The largest file taken for a document, a parameter file or a recorded stream. */
const LARGEST_BYTES = 256 * 1024 * 1024;

/**
 * Reads a text file that the user named.
 * @throws InputError when it cannot be read, or is too large to be what it should be
 */
export function readTextFile(path: string): string {
  try {
    if (statSync(path).size > LARGEST_BYTES)
      throw new InputError({ file: path, message: 'the file is too large', expected: 'at most 256 MiB' });
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError({ file: path, message: readFailure(error) });
  }
}

function readFailure(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'is a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read';
  return 'cannot be read';
}

/**
 * Reads a DiskSim parameter file and the files beside it that it refers to.
 * @param path of the `.parv`
 * @param origin title for the sources of its figures
 */
export function importDiskSimFile(path: string, origin: string = DISKSIM_ORIGIN, date?: string): DriveDocument {
  const folder = dirname(path);
  const read = (name: string): string => readTextFile(join(folder, name));
  return importDiskSim(readTextFile(path), path, read, { title: origin, ...(date === undefined ? {} : { date }) });
}

/**
 * A drive by the path of its document or of a DiskSim `.parv`, or by the id of one that ships with the lab.
 * @throws InputError when there is none, or it is no drive
 */
export function loadDrive(reference: string, documents: Documents): DriveDocument {
  if (reference.endsWith('.parv')) return importDiskSimFile(reference);
  if (basename(reference) !== reference || reference.endsWith('.json')) {
    return validate(driveSchema, parseJson(readTextFile(reference), reference), reference);
  }
  const document = documents.get('storage', reference);
  if (document.format !== DRIVE_FORMAT) {
    throw new InputError({
      message: `"${reference}" is not a drive with platters`,
      expected: `a document of format ${DRIVE_FORMAT}`,
    });
  }
  return document;
}
