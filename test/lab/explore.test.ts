import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from 'citty';
import { afterAll, describe, expect, it, vi } from 'vitest';
import command from '#cli/commands/explore';
import { EXPLORER_POLICIES } from '#emulator/explorer/policies';
import { choosePolicies, openScenario, parseLimit } from '#lab/explore';
import { Documents } from '#lab/documents';
import { repositoryRoot } from '../support/shared.ts';

const documents = new Documents(join(repositoryRoot, 'resources'));
const folder = mkdtempSync(join(tmpdir(), 'faultline-explore-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the command prints on standard output. */
async function printed(...words: string[]): Promise<string> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    await runCommand(command, { rawArgs: words });
  } finally {
    write.mockRestore();
  }
  return text;
}

describe('openScenario', () => {
  it('knows the shipped scenarios by name, in capitals too', () => {
    expect(documents.ids('scenario')).toEqual(['s1', 's2', 's3', 's4']);
    for (const id of documents.ids('scenario')) expect(openScenario(documents, id.toUpperCase()).name).toBe(id);
  });

  it('reads a file, and refuses one that is no scenario by the field', () => {
    const file = join(folder, 'mine.json');
    const mine = { ...openScenario(documents, 's1'), name: 'mine' };
    writeFileSync(file, JSON.stringify(mine));
    expect(openScenario(documents, file).name).toBe('mine');
    writeFileSync(file, JSON.stringify({ ...mine, reserve: 9 }));
    expect(() => openScenario(documents, file)).toThrow(/mine\.json: reserve: 9 .*expected fewer than the 6 frames/);
    writeFileSync(file, '{"format":');
    expect(() => openScenario(documents, file)).toThrow(/not valid JSON/);
  });

  it('says what there is when a name or file is unknown', () => {
    expect(() => openScenario(documents, 's9')).toThrow(/one of s1, s2, s3, s4/);
    expect(() => openScenario(documents, join(folder, 'none.json'))).toThrow(/cannot be read/);
  });
});

it('chooses policies by name in any case, all by default, and refuses others', () => {
  expect(choosePolicies(undefined)).toEqual(EXPLORER_POLICIES);
  expect(choosePolicies('p5-FOLIO')).toEqual(['P5-folio']);
  expect(() => choosePolicies('P7')).toThrow(/one of P1, P3/);
});

it('reads a limit of states', () => {
  expect(parseLimit(undefined)).toBe(400_000);
  expect(parseLimit('1_000')).toBe(1000);
  for (const bad of ['0', 'many', '1.5', '1e99', '']) expect(() => parseLimit(bad)).toThrow(/limit/);
});

describe('faultline explore', () => {
  it('prints one JSON document with a result for each policy', async () => {
    const report = JSON.parse(await printed('s4', '--json')) as {
      scenario: string;
      results: Record<string, unknown>[];
    };
    expect(report.scenario).toBe('s4');
    expect(report.results.map((result) => result['policy'])).toEqual(EXPLORER_POLICIES);
    for (const result of report.results) {
      for (const key of ['states', 'stuck', 'doomed', 'finals', 'truncated', 'path', 'graph']) {
        expect(result).toHaveProperty(key);
      }
    }
  });

  it('prints verdicts, the way to the knot and the knot for people', async () => {
    const text = await printed('s1', '--policy', 'P3');
    expect(text).toContain('stuck, never finishes');
    expect(text).toContain('cleaning needs pages 4 6 7: 3 frames, 0 left');
  });

  it('says that the limit was reached', async () => {
    expect(await printed('s2', '--policy', 'P6', '--limit', '50')).toContain('Limit of 50 states reached');
  });
});
