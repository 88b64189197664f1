import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clockOf } from '#lab/run-clock';
import { PROCESSOR_FORMAT, parseProcessor, processorHz } from '#model/processor';
import { canonicalJson } from '#model/validate';
import { repositoryRoot } from '../support/shared.ts';

const folder = join(repositoryRoot, 'resources', 'machines', 'processors');
const withDocuments = (documents: { kind: string; hash: string; json: string }[]): Parameters<typeof clockOf>[0] => ({
  documents: () => Promise.resolve(documents),
});

describe('the clock of a run', () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))(
    'is that of its processor: %s',
    async (name) => {
      const parsed = parseProcessor(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      expect(parsed.format).toBe(PROCESSOR_FORMAT);
      const kept = { kind: 'processor', hash: '', json: canonicalJson(parsed) };
      expect(await clockOf(withDocuments([kept]), 'run')).toBe(processorHz(parsed));
    },
  );

  it('is not known for a recording', async () => {
    expect(await clockOf(withDocuments([]), 'run')).toBeNull();
  });
});
