/**
 * The README's example is the report of the seed experiment, as the lab makes it now. When the emulator or the reports
 * change what they say, `npx vitest run --project unit test/lab/example.test.ts -u` writes it anew.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gatherReport } from '#lab/report';
import { POLICIES } from '#model/policies';
import type { Report } from '#model/report';
import type { RunInfo } from '#model/run';
import { formatCount } from '#model/units';
import { reportMarkdown, type FigureFile } from '#report/markdown';
import { repositoryRoot } from '../support/shared.ts';
import { TestLab } from '../support/test-lab.ts';

/** When the example is dated: its numbers do not depend on it. */
const now = new Date(Date.UTC(2026, 10, 23));
const BEGIN = '<!-- The seed experiment as the lab runs it: rebuilt by test/lab/example.test.ts -->';
const END = '<!-- end of the example -->';

const test = new TestLab();
let runs: RunInfo[];
let report: Report;
let text: string;
let figures: FigureFile[];
beforeAll(async () => {
  await test.open();
  const ids = await test.run('2005-question');
  runs = await Promise.all(ids.map((id) => test.lab.library.getRun(id)));
  report = await gatherReport(test.lab.library, { runs: ids }, {}, { now });
  ({ text, figures } = reportMarkdown(report, 'example-report.md'));
});
afterAll(() => test.end());

const inDocs = (name: string): string => join(repositoryRoot, 'docs', name);

it('docs/example-report.md is the report of the seed experiment', async () => {
  await expect(text).toMatchFileSnapshot(inDocs('example-report.md'));
});

it('so are its figures', async () => {
  expect(figures.length).toBeGreaterThan(8);
  for (const { name, svg } of figures) await expect(svg).toMatchFileSnapshot(inDocs(name));
});

it('the README shows its numbers', async () => {
  const readme = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');
  const [before, rest] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error('README.md has no example between its marks');
  const summary = report.sections.find(({ part }) => part === 'summary')?.blocks[0];
  if (summary?.type !== 'list') throw new Error('the summary begins with sentences');
  const [best] = figures;
  const example = [
    table(),
    'In the words of its report ([whole](docs/example-report.md)):',
    summary.items
      .slice(runs.length)
      .map((item) => `- ${item}`)
      .join('\n'),
    `![${report.sections[0].blocks.find((block) => block.type === 'figure')?.figure.caption ?? ''}](docs/${best.name})`,
  ].join('\n\n');
  const path = join(repositoryRoot, 'README.md');
  const config = (await resolveConfig(path)) ?? {};
  const rebuilt = await format(`${before}${BEGIN}\n\n${example}\n\n${END}${after}`, { ...config, parser: 'markdown' });
  await expect(rebuilt).toMatchFileSnapshot(path);
});

function table(): string {
  const rows = runs.map(({ policy, metrics: { faults, blocks } }) => [
    named(policy),
    formatCount(faults.read),
    formatCount(faults.writeProtect),
    `${formatCount(blocks.instantiatedKiB)} KiB`,
    `${formatCount(blocks.neededKiB)} KiB`,
    `${formatCount(blocks.needlessKiB)} KiB`,
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const head = ['policy', 'read faults', 'write-protect faults', 'instantiated', 'needed', 'needless'];
  return [line(head), line(['---', ...head.slice(1).map(() => '---:')]), ...rows.map(line)].join('\n');
}

function named(policy: string): string {
  const name = POLICIES.find(({ id }) => id === policy)?.name;
  return name === undefined || name === policy ? policy : `${policy}, ${name}`;
}
