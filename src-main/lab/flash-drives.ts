import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Documents } from '#lab/documents';
import { readTextFile } from '#lab/drives';
import { type FlashDocument, diskSchema } from '#model/disk';
import { InputError } from '#model/problem';
import { parseJson, validate } from '#model/validate';

/** The drive behind the reference streams: the configuration MQSim ran with. */
export const REFERENCE_DRIVE = 'mqsim-mlc-2018';
/** The largest stream taken, unpacked. */
const LARGEST_BYTES = 512 * 1024 * 1024;

/**
 * A flash drive by the path of its document, or by the id of one that ships with the lab.
 * @throws InputError when there is none, or it is no flash drive
 */
export function loadFlashDrive(reference: string, documents: Documents): FlashDocument {
  const isPath = basename(reference) !== reference || reference.endsWith('.json');
  const document = isPath
    ? validate(diskSchema, parseJson(readTextFile(reference), reference), reference)
    : documents.get('storage', reference);
  if (!('kind' in document) || document.kind !== 'flash') {
    throw new InputError({
      ...(isPath ? { file: reference, path: 'kind' } : {}),
      message: `"${reference}" is not a flash drive`,
      expected: 'a disk document of kind "flash"',
    });
  }
  return document;
}

/**
 * Reads a stream of requests, packed with gzip or not.
 * @throws InputError when it cannot be read or unpacked
 */
export function readTraceFile(path: string): string {
  const plain = readTextFile(path);
  if (!plain.startsWith('\u001f')) return plain;
  try {
    return gunzipSync(readFileSync(path), { maxOutputLength: LARGEST_BYTES }).toString('utf8');
  } catch (error) {
    const tooLarge = (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    throw new InputError({
      file: path,
      message: tooLarge ? 'the unpacked file is too large' : 'is damaged: it begins as gzip but cannot be unpacked',
      expected: tooLarge ? 'at most 512 MiB' : 'a whole gzip file, or text',
    });
  }
}
