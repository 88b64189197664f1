import { describe, expect, it } from 'vitest';
import { duplicateOf, freeId, machineOf, withFigure } from '../../../src-renderer/machines/edit.ts';
import { scaleOf } from '../../../src-renderer/machines/plot.ts';
import { machineSchema } from '#model/machine';
import { validate } from '#model/validate';

const CHANGE = { value: 4, unit: 'us', source: 'fio here', method: 'measured', date: '2026-11-23', note: '' };

describe('changing a figure', () => {
  const document = {
    id: 'd',
    latency: { read: { value: 9, unit: 'us', source: 'x', method: 'estimated', note: 'why' } },
  };

  it('changes it in a copy; what is left empty goes', () => {
    expect(withFigure(document, ['latency', 'read'], CHANGE).latency.read).toEqual({
      value: 4,
      unit: 'us',
      source: 'fio here',
      method: 'measured',
      date: '2026-11-23',
    });
    expect(document.latency.read.value).toBe(9);
  });

  it('that there is not changes nothing', () => {
    expect(withFigure(document, ['latency', 'write', 'mean'], CHANGE)).toEqual(document);
  });
});

describe('a duplicate', () => {
  it('has an id and a name that nobody has', () => {
    const taken = new Set(['d', 'd-copy']);
    expect(duplicateOf({ format: 'f', id: 'd', name: 'Disk' }, taken)).toMatchObject({
      id: 'd-copy-2',
      name: 'Disk (copy)',
    });
  });
});

describe('an assembled machine', () => {
  const parts = { processor: 'p', kernelCosts: 'k', disk: 'd', cores: 4, memory: 16, year: 2026 };

  it('is a machine document', () => {
    const machine = machineOf({ ...parts, name: ' My desk! ' }, new Set(['my-desk']), '2026-11-23');
    expect(machine.id).toBe('my-desk-2');
    expect(validate(machineSchema, machine)).toMatchObject({ name: 'My desk!', cores: 4 });
  });

  it('has ids of letters, digits and -', () => {
    const named = (name: string): string => machineOf({ ...parts, name }, new Set(), '2026-11-23').id;
    expect([named('Übung 1'), named('!!')]).toEqual(['bung-1', 'machine']);
    expect(freeId('a', new Set())).toBe('a');
  });
});

describe('the axis of a plot', () => {
  it('is linear for what spans little or reaches 0, logarithmic else, in powers of two for sizes', () => {
    expect(scaleOf([1, 2, 5])).toEqual({ distr: 1 });
    expect(scaleOf([0, 10, 1000])).toEqual({ distr: 1 });
    expect(scaleOf([1.5, 10, 1000])).toEqual({ distr: 3, log: 10 });
    expect(scaleOf([16, 24, 32768, 131072])).toEqual({ distr: 3, log: 2 });
    expect(scaleOf([])).toEqual({ distr: 1 });
  });
});
