import type { Block, Cell, Report } from '#model/report';
import { escape } from './svg.ts';

/** A figure as a file of its own; the name is relative to the report's folder. */
export interface FigureFile {
  readonly name: string;
  readonly svg: string;
}

/**
 * The report in GitHub's Markdown, with its figures as files in a folder beside it.
 * @param path where the report goes; its name without the ending names the folder of the figures
 */
export function reportMarkdown(report: Report, path: string): { text: string; figures: FigureFile[] } {
  const base = (path.split(/[/\\]/).at(-1) ?? 'report').replace(/\.[^.]*$/, '') || 'report';
  const figures: FigureFile[] = [];
  const parts = [`# ${inline(report.title)}`];
  if (report.question !== '') parts.push(`> ${inline(report.question)}`);
  parts.push(`Made ${report.madeAt} by Faultline.`);
  for (const section of report.sections) {
    parts.push(`## ${inline(section.title)}`);
    for (const block of section.blocks) parts.push(blockText(block, base, figures));
  }
  return { text: `${parts.join('\n\n')}\n`, figures };
}

function blockText(block: Block, base: string, figures: FigureFile[]): string {
  switch (block.type) {
    case 'paragraph':
      return inline(block.text);
    case 'warning':
      return [`> **${inline(block.title)}**`, '>', ...block.items.map((item) => `> - ${inline(item)}`)].join('\n');
    case 'list':
      return block.items.map((item) => `- ${inline(item)}`).join('\n');
    case 'table':
      return `**${inline(block.caption)}**\n\n${table(block.head, block.rows)}`;
    case 'figure': {
      const name = `${base}-figures/figure-${figures.length + 1}.svg`;
      figures.push({ name, svg: `<?xml version="1.0" encoding="UTF-8"?>\n${block.figure.svg}\n` });
      return `![${inline(block.figure.caption)}](${encodeURI(name).replace(/[()]/g, (c) => (c === '(' ? '%28' : '%29'))})\n\n*${inline(block.figure.caption)}*`;
    }
    case 'code': {
      const fence = '`'.repeat(Math.max(3, longestRun(block.text) + 1));
      return `<details>\n<summary>${escape(block.title)}</summary>\n\n${fence}json\n${block.text}\n${fence}\n\n</details>`;
    }
  }
}

function table(head: readonly Cell[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(head.map((cell) => inline(cell.text))),
    line(head.map((cell) => (cell.number ? '---:' : '---'))),
    ...rows.map((row) => line(row.map((cell) => inline(cell.text)))),
  ].join('\n');
}

/** Text as Markdown shows it: nothing in it is taken for markup. */
function inline(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replace(/[\\`*_[\]<>|#~]/g, '\\$&');
}

/** Length of the longest run of backticks. */
function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
