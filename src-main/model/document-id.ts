/** A name as the id of a document: lower-case letters, digits and -, at most 60; empty when nothing of it is left. */
export function documentId(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
}
