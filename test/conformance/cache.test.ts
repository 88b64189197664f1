import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { cachegrindCounters, openTrace, type CacheOptions } from '#lab/conformance-cache';
import { describeWithTool, hasTool, itWhen } from '../support/requirement.ts';
import { repositoryRoot } from '../support/shared.ts';
import { compile, recordLackey, runCachegrind, temporaryFolder } from './cachegrind.ts';

const PROGRAMS = ['matrix', 'list', 'sort', 'straddle', 'vector', 'recursion'] as const;
const GEOMETRIES: readonly CacheOptions[] = [
  { I1: '32768,8,64', D1: '32768,8,64', LL: '8388608,16,64' },
  { I1: '4096,2,64', D1: '8192,4,64', LL: '65536,8,64' },
  { I1: '1024,1,32', D1: '512,2,32', LL: '16384,4,64' },
  { I1: '12288,3,128', D1: '6144,6,32', LL: '131072,16,128' },
  { I1: '2048,32,64', D1: '16384,1,64', LL: '40960,5,64' },
];

describeWithTool('valgrind', "cachegrind's counters from a lackey trace", () => {
  const folder = temporaryFolder();
  const traces = new Map<string, { program: string; trace: string }>();

  beforeAll(() => {
    if (!hasTool('cc')) return;
    for (const name of PROGRAMS) {
      const program = compile(folder.path, join(repositoryRoot, 'test/conformance/programs', `${name}.c`), name);
      traces.set(name, { program, trace: recordLackey(program) });
    }
  }, 180_000);
  afterAll(() => folder.remove());

  for (const name of PROGRAMS) {
    for (const [i, geometry] of GEOMETRIES.entries()) {
      itWhen(hasTool('cc'), 'cc', `${name}, geometry ${i + 1}: all nine are equal`, async () => {
        const { program, trace } = traces.get(name)!;
        const ours = await cachegrindCounters(openTrace(trace), trace, geometry);
        expect(ours).toEqual(runCachegrind(program, geometry));
      });
    }
  }
});
