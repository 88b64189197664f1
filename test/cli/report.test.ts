import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Library } from '#store/library';
import { faultline, type CliResult } from '../support/cli.ts';
import { sampleBatches, sampleRun } from '../support/sample-run.ts';

let folder: string;
let library: string;
let id: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-report-'));
  library = join(folder, 'library.db');
  const opened = Library.open(library);
  ({ id } = opened.saveRun(sampleRun('sample'), [], sampleBatches(5000)));
  opened.close();
  writeFileSync(join(folder, 'note.md'), '# What I think\n\nNot much.\n\n- one\n- two\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const report = (...words: string[]): Promise<CliResult> => faultline(['report', ...words, '--library', library]);
const headings = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/<h2[^>]*>([^<]*)</g)].map(([, title]) => title);

describe('report', () => {
  it('has the sections named, in their order, and the text where it is said to be', async () => {
    const out = at('chosen.html');
    const words = ['--sections', 'reproduce,text,summary', '--text', at('note.md'), '--title', 'Mine', '--out', out];
    expect(await report(id, ...words)).toMatchObject({ code: 0, out: `${out}\n` });
    expect(headings(out)).toEqual(['How to reproduce this', 'What I think', 'Summary']);
    const html = readFileSync(out, 'utf8');
    expect(html).toContain('<title>Mine</title>');
    expect(html).toContain('<li>one</li>');
  });

  it('puts text behind the summary where no place is named', async () => {
    const out = at('text.html');
    await report(id, '--text', at('note.md'), '--out', out);
    expect(headings(out).slice(0, 2)).toEqual(['Summary', 'What I think']);
  });

  it('keeps a choice as a template, uses it, lists it and forgets it', async () => {
    await report(id, '--sections', 'metrics,summary', '--keep-template', 'Short', '--out', at('kept.html'));
    const out = at('used.html');
    expect(await report(id, '--template', 'short', '--out', out)).toMatchObject({ code: 0 });
    expect(headings(out)).toEqual(['Metrics', 'Summary']);
    expect((await report('--templates')).out).toBe('Short: metrics, summary\n');
    const file = at('template.json');
    const [template] = JSON.parse((await report('--templates', '--json')).out) as object[];
    writeFileSync(file, JSON.stringify({ ...template, parts: ['sources', { title: 'T', text: 'x' }] }));
    expect(await report(id, '--template', file, '--out', at('file.html'))).toMatchObject({ code: 0 });
    expect(headings(at('file.html'))).toEqual(['T']);
    expect(await report('--drop-template', 'Short')).toMatchObject({ code: 0, out: '' });
    expect((await report(id, '--template', 'Short', '--out', at('never.html'))).err).toContain('no template "Short"');
  });

  it('is of a span of time', async () => {
    const out = at('span.html');
    expect(await report(id, '--from', '0', '--to', '1 ms', '--out', out)).toMatchObject({ code: 0 });
    expect(headings(out)).toContain('The selected span');
  });

  it('in Markdown has its figures beside it', async () => {
    const out = at('run.md');
    await report(id, '--format', 'md', '--out', out);
    expect(readFileSync(out, 'utf8')).toContain('## Summary');
    expect(readdirSync(at('run-figures')).length).toBeGreaterThan(0);
  });

  it.each([
    ['no run', [], 'no run was named'],
    ['a run that is not there', ['gone1234'], 'no run "gone1234"'],
    ['a section that nobody knows', ['ID', '--sections', 'summary,poem'], 'there is no section "poem"'],
    ['a section named twice', ['ID', '--sections', 'summary,summary'], 'stands twice'],
    ['text without a file', ['ID', '--sections', 'text'], '--text FILE'],
    ['a text that is not there', ['ID', '--text', 'nowhere.txt'], 'nowhere.txt: cannot be read'],
    ['a format that nobody knows', ['ID', '--format', 'docx'], 'html or pdf or md'],
    ['paper that nobody has', ['ID', '--paper', 'A0'], 'A4 or Letter'],
    ['an empty span', ['ID', '--from', '5 ms', '--to', '5 ms'], 'the span is empty'],
    ['a time that is none', ['ID', '--from', 'noon'], 'is no time'],
    ['a folder that is not there', ['ID', '--out', 'nowhere/report.html'], 'there is no such folder'],
    ['a sweep that is not there', ['--sweep', 'nowhere.json'], 'nowhere.json: cannot be read'],
  ])('refuses %s in one line', async (_, words, message) => {
    const out = at('refused.html');
    const named = words.map((word) => (word === 'ID' ? id : word));
    const { code, err } = await report(...(words.includes('--out') ? named : [...named, '--out', out]));
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(existsSync(out)).toBe(false);
  });

  it('leaves a file that exists, unless it is forced', async () => {
    const out = at('mine.html');
    writeFileSync(out, 'mine');
    expect((await report(id, '--out', out)).err).toContain('exists already');
    expect(readFileSync(out, 'utf8')).toBe('mine');
    expect(await report(id, '--out', out, '--force')).toMatchObject({ code: 0 });
    expect(headings(out)).toContain('Summary');
  });
});
