import { describe, expect, it } from 'vitest';
import { InputError } from '#model/problem';
import { SCENARIO_FORMAT, blocksTouched, parseScenario } from '#model/scenario';

const good = {
  format: SCENARIO_FORMAT,
  name: 'x',
  title: 'x',
  frames: 6,
  reserve: 2,
  pagesPerBlock: 4,
  threads: [{ stores: [1, 5] }],
};

function refused(change: object): string {
  try {
    parseScenario({ ...good, ...change }, 'x.json');
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('a scenario document', () => {
  it('is read', () => expect(parseScenario(good).threads[0].stores).toEqual([1, 5]));

  it.each([
    ['frames', { frames: 0 }],
    ['frames', { frames: '6' }],
    ['reserve', { reserve: 6 }],
    ['reserve', { reserve: 1.5 }],
    ['pagesPerBlock', { pagesPerBlock: 0 }],
    ['threads', { threads: [] }],
    ['threads[0].stores[1]', { threads: [{ stores: [1, -1] }] }],
    ['threads[1].stores', { threads: [{ stores: [1] }, {}] }],
    ['threads', { threads: [{ stores: Array.from({ length: 63 }, (_, i) => 4 * i) }] }],
    ['name', { name: 'S 1' }],
    ['format', { format: 'faultline/scenario@2' }],
    ['swap', { swap: 1 }],
  ])('is refused at %s: %j', (path, change) => {
    expect(refused(change)).toMatch(new RegExp(`^x\\.json: ${path.replace(/[[\].]/g, '\\$&')}: .*expected`));
  });

  it('touches the blocks its stores fall into, ascending, each once', () => {
    expect(blocksTouched({ pagesPerBlock: 4, threads: [{ stores: [9, 1] }, { stores: [10, 4] }] })).toEqual([0, 1, 2]);
  });
});
