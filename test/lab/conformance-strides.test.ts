import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { shippedDocuments } from '#cli/resources';
import { conformKernel } from '#lab/conformance-kernel';
import { readKernelRecording } from '#lab/kernel-recording';

const FILE = new URL('../recordings/linux-6.18-strides.tsv', import.meta.url);

describe('other strides, sizes and read-ahead settings on Linux 6.18', () => {
  it('are exact in every phase', () => {
    const recording = readKernelRecording(readFileSync(FILE, 'utf8'), 'linux-6.18-strides.tsv');
    const result = conformKernel(recording, shippedDocuments(), 'linux-6.18-strides.tsv', () => undefined);
    expect(result.mismatches).toEqual([]);
    expect(result).toMatchObject({ phases: 1968, allExact: 1968 });
  }, 60_000);
});
