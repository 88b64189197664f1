import {
  REPORT_SECTIONS,
  type OwnText,
  type Report,
  type ReportPart,
  type Section,
  type SectionId,
} from '#model/report';
import { ownSection } from '#model/report-text';

/** One line of the list that a report is made up of: kept in its place also while it is left out. */
export interface PartLine {
  /** Unique in the list. */
  readonly key: string;
  readonly included: boolean;
  readonly part: ReportPart;
}

export function titleOf(part: ReportPart): string {
  if (typeof part !== 'string') return part.title;
  return REPORT_SECTIONS.find(({ id }) => id === part)?.title ?? part;
}

/** The parts chosen, then those that are left out, in their usual order. */
export function linesOf(parts: readonly ReportPart[]): PartLine[] {
  const chosen = parts.map((part, i) => ({ key: typeof part === 'string' ? part : `text-${i}`, included: true, part }));
  const rest = REPORT_SECTIONS.filter(({ id }) => !parts.includes(id)).map(({ id }) => ({
    key: id,
    included: false,
    part: id,
  }));
  return [...chosen, ...rest];
}

/** What of the list goes into the report. */
export function partsOf(lines: readonly PartLine[]): ReportPart[] {
  return lines.filter(({ included, part }) => included && !isBlank(part)).map(({ part }) => part);
}

/** Text without a heading is still being written. */
function isBlank(part: ReportPart): boolean {
  return typeof part !== 'string' && part.title.trim() === '';
}

/** The line moved by so many places, as far as there are any. */
export function moved(lines: readonly PartLine[], key: string, by: number): PartLine[] {
  const from = lines.findIndex((line) => line.key === key);
  const to = Math.max(0, Math.min(lines.length - 1, from + by));
  if (from < 0 || to === from) return [...lines];
  const without = lines.toSpliced(from, 1);
  return without.toSpliced(to, 0, lines[from]);
}

/** A line changed. */
export function changed(lines: readonly PartLine[], key: string, change: Partial<PartLine>): PartLine[] {
  return lines.map((line) => (line.key === key ? { ...line, ...change } : line));
}

/** Text of the person's own put behind the summary, or at the beginning. */
export function withText(lines: readonly PartLine[], text: OwnText, key: string): PartLine[] {
  const at = lines.findIndex(({ part }) => part === 'summary') + 1;
  return lines.toSpliced(at, 0, { key, included: true, part: text });
}

/** The whole report's sections arranged as the list says. A part that has nothing to say is left out. */
export function arranged(whole: Report, lines: readonly PartLine[]): Section[] {
  const byId = new Map(whole.sections.map((section) => [section.part, section]));
  return partsOf(lines).flatMap((part): Section[] => {
    if (typeof part !== 'string') return [ownSection(part)];
    const section = byId.get(part);
    return section === undefined ? [] : [section];
  });
}

/** Whether the report has anything to say under a part. */
export function hasContent(whole: Report, id: SectionId): boolean {
  return whole.sections.some((section) => section.part === id);
}
