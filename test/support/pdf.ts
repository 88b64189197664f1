/** What Debian's poppler-utils and qpdf say of a PDF. */
import { execFileSync } from 'node:child_process';

/** All its text, as `pdftotext` reads it. */
export function pdfText(file: string): string {
  return execFileSync('pdftotext', [file, '-'], { encoding: 'utf8' }).replace(/[\u202f\u00a0]/g, ' ');
}

/** What `pdfinfo` says, by its own words. */
export function pdfInfo(file: string): Map<string, string> {
  const lines = execFileSync('pdfinfo', [file], { encoding: 'utf8' }).trim().split('\n');
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
}

interface Outline {
  readonly title: string;
  readonly kids?: readonly Outline[];
}

interface QpdfJson {
  readonly outlines: readonly Outline[];
  readonly qpdf: readonly [unknown, Readonly<Record<string, { readonly value?: unknown }>>];
}

/** The document as qpdf takes it apart. @throws when qpdf finds an error or a warning in it */
export function qpdfJson(file: string): QpdfJson {
  execFileSync('qpdf', ['--check', file], { encoding: 'utf8' });
  return JSON.parse(execFileSync('qpdf', ['--json', file], { encoding: 'utf8', maxBuffer: 1 << 28 })) as QpdfJson;
}

/** Titles of its outline, at any depth. */
export function outlineOf(file: string): string[] {
  const walk = (items: readonly Outline[]): string[] =>
    items.flatMap(({ title, kids }) => [title, ...walk(kids ?? [])]);
  return walk(qpdfJson(file).outlines);
}

/** The structure's tags, such as `/H2` and `/Table`, and how many there are of each. */
export function tagsOf(file: string): Map<string, number> {
  const tags = new Map<string, number>();
  for (const { value } of Object.values(qpdfJson(file).qpdf[1])) {
    if (typeof value !== 'object' || value === null) continue;
    const { '/Type': type, '/S': tag } = value as { readonly '/Type'?: unknown; readonly '/S'?: unknown };
    if (type === '/StructElem' && typeof tag === 'string') tags.set(tag, (tags.get(tag) ?? 0) + 1);
  }
  return tags;
}
