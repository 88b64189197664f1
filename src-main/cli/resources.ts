import { fileURLToPath } from 'node:url';
import { Documents } from '#lab/documents';

/** The documents, recorder and icons that ship with the lab. */
export const RESOURCES = fileURLToPath(new URL('../../resources/', import.meta.url));

/** The shipped documents. */
export function shippedDocuments(): Documents {
  return new Documents(RESOURCES);
}
