/**
 * PDF and PNG from the command line, by the same engine as the window's, on a machine without a display; read back by
 * Debian's poppler-utils and qpdf.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuild } from '../../src-main/bootstrap/build.mjs';
import { faultline, type CliResult } from '../support/cli.ts';
import { outlineOf, pdfInfo, pdfText, qpdfJson, tagsOf } from '../support/pdf.ts';
import { hasTool, itWhen } from '../support/requirement.ts';
import { TestLab } from '../support/test-lab.ts';

const test = new TestLab();
let runs: string[];
beforeAll(async () => {
  await ensureBuild();
  await test.open();
  runs = await test.run('2005-question');
});
afterAll(() => test.end());

/** As on a machine that has no screen. */
const noScreen = { DISPLAY: '', WAYLAND_DISPLAY: '' };
const cli = (...words: string[]): Promise<CliResult> => faultline([...words, '--library', test.libraryPath], noScreen);
const at = (name: string): string => join(test.folder, name);
const readers = hasTool('pdftotext') && hasTool('pdfinfo') && hasTool('qpdf');

describe('a report as PDF, without a display', () => {
  itWhen(readers, 'poppler-utils and qpdf', 'has its text, its outline, its tags and its page numbers', async () => {
    const file = at('report.pdf');
    const { code, err } = await cli('report', ...runs, '--format', 'pdf', '--out', file);
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    const text = pdfText(file);
    expect(text.replace(/\s+/g, ' ')).toContain(
      'P1 took 4 096 faults (4 096 read, 0 write, 0 write-protect) and allocated 16 384 KiB for 256 pages stored to: 15 360 KiB were never stored to.',
    );
    const info = pdfInfo(file);
    expect(info.get('Title')).toBe('The 2005 question');
    expect(info.get('Tagged')).toBe('yes');
    expect(info.get('Page size')).toMatch(/\(A4\)$/);
    const pages = Number(info.get('Pages'));
    expect(text).toContain(`1 / ${pages}`);
    expect(text).toContain(`${pages} / ${pages}`);
    // The documents and the hash are in it, whole.
    const { hash } = await test.lab.library.getRun(runs[0]);
    expect(text.replace(/\s+/g, '')).toContain(hash);
    expect(text).toContain('"format": "faultline/experiment@1"');

    expect(outlineOf(file)).toEqual(
      expect.arrayContaining([
        'The 2005 question',
        'Summary',
        'Metrics',
        'Timelines',
        'Sources',
        'How to reproduce this',
      ]),
    );
    const tags = tagsOf(file);
    for (const tag of ['/H1', '/H2', '/Table', '/TH', '/TD', '/L', '/LI', '/P', '/Figure'])
      expect(tags.get(tag) ?? 0, tag).toBeGreaterThan(0);
    const catalog = Object.values(qpdfJson(file).qpdf[1]).find(
      ({ value }) => (value as { '/Type'?: unknown } | undefined)?.['/Type'] === '/Catalog',
    )?.value as Record<string, unknown>;
    expect(catalog).toMatchObject({ '/Lang': 'u:en', '/MarkInfo': { '/Marked': true } });
    expect(catalog['/StructTreeRoot']).toBeDefined();
    expect(catalog['/Outlines']).toBeDefined();
  });

  itWhen(readers, 'poppler-utils and qpdf', 'is on Letter where that is asked for', async () => {
    const file = at('letter.pdf');
    expect(await cli('export', runs[0], '--format', 'pdf', '--paper', 'letter', '--out', file)).toMatchObject({
      code: 0,
    });
    expect(pdfInfo(file).get('Page size')).toMatch(/^612 x 792 pts \(letter\)$/);
  });

  it('says clearly what is missing where there is no Electron, and leaves nothing', async () => {
    const empty = at('empty');
    mkdirSync(empty);
    const out = at('never.pdf');
    const words = ['report', runs[0], '--format', 'pdf', '--out', out, '--library', test.libraryPath];
    const { code, err } = await faultline(words, { ...noScreen, ELECTRON_OVERRIDE_DIST_PATH: empty });
    expect(code).toBe(1);
    expect(err).toContain('PDF needs Electron');
    expect(err).toContain('no Electron in');
    expect(err).toContain('the html report prints from any browser');
    expect(existsSync(out)).toBe(false);
    rmSync(empty, { recursive: true });
  });
});

describe('a timeline as PNG, without a display', () => {
  it('is a picture of the span, twice as fine as the figure', async () => {
    const file = at('timeline.png');
    const words = ['export', runs[0], '--format', 'png', '--from', '0', '--to', '30 ms', '--out', file];
    expect(await cli(...words)).toMatchObject({ code: 0, out: `${file}\n` });
    const bytes = readFileSync(file);
    expect(bytes.toString('latin1', 1, 4)).toBe('PNG');
    expect(bytes.readUInt32BE(16)).toBe(1520);
    expect(bytes.readUInt32BE(20)).toBeGreaterThan(200);
    // Not one colour: compressed, an empty picture of this size is a few kB at most.
    expect(bytes.length).toBeGreaterThan(10_000);
  });

  it('leaves a file that exists, unless it is forced', async () => {
    const file = at('there.png');
    writeFileSync(file, 'mine');
    expect(await cli('export', runs[0], '--format', 'png', '--out', file)).toMatchObject({ code: 2 });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(await cli('export', runs[0], '--format', 'png', '--out', file, '--force')).toMatchObject({ code: 0 });
    expect(readdirSync(test.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
