import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { shippedDocuments } from '#cli/resources';
import { type KernelConformance, conformKernel } from '#lab/conformance-kernel';
import { readKernelRecording } from '#lab/kernel-recording';

function conform(name: string): KernelConformance {
  const text = readFileSync(new URL(`../recordings/${name}`, import.meta.url), 'utf8');
  return conformKernel(readKernelRecording(text, name), shippedDocuments(), name, () => undefined);
}

describe('other strides, sizes and read-ahead settings on Linux 6.18', () => {
  it('are exact in every phase', () => {
    const result = conform('linux-6.18-strides.tsv');
    expect(result.mismatches).toEqual([]);
    expect(result).toMatchObject({ phases: 1968, allExact: 1968 });
  });
});

describe('populating a mapping on Linux 6.18', () => {
  it('faults as recorded, majors too: the kernel that faults for a task counts each retry', () => {
    const result = conform('linux-6.18-populate.tsv');
    expect(result.mismatches).toEqual([]);
    expect(result).toMatchObject({ phases: 648, allExact: 648 });
  });
});

describe('running out of space on Linux 6.18', () => {
  const result = conform('linux-6.18-out-of-space.tsv');

  it('instantiates what was recorded, within 5 %', () => {
    expect(result.outOfSpace).toHaveLength(90);
    for (const s of result.outOfSpace)
      expect(Math.abs(s.recordedKiB - s.emulatedKiB), JSON.stringify(s)).toBeLessThanOrEqual(s.recordedKiB * 0.05);
  });

  it('leaves dirty what was recorded, where no flusher raced with the stores', () => {
    const raced = ['ext4-4k', 'ext4-1k', 'ext4-bigalloc64k'];
    const dirty = result.mismatches.filter((m) => m.field === 'dirty' && !raced.includes(m.fs));
    // Once, a folio of two pages more or less.
    expect(dirty.length).toBeLessThanOrEqual(1);
    for (const m of dirty) expect(Math.abs(m.recorded - m.emulated)).toBeLessThanOrEqual(1);
  });
});
