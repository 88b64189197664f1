import { describe, expect, it } from 'vitest';
import { sweepReport } from '#report/build';
import { reportHtml } from '#report/html';
import { sweepFigure } from '#report/sweep';
import { sampleSweep } from '../support/sample-sweep.ts';

const strides = ['4 KiB', '8 KiB', '16 KiB', '32 KiB', '64 KiB'];
const results = sampleSweep(
  [
    { field: 'policies', name: 'policy', values: ['P1', 'P<5>'] },
    { field: 'threads[0].steps[0].stride', name: 'stride', values: strides },
  ],
  ([policy, stride]) => (policy === 1 && stride === 4 ? undefined : policy === 0 && stride === 2 ? 900 : 100 + stride),
);

describe('the picture of a sweep', () => {
  const { svg, caption } = sweepFigure(results, 'blocks.needlessKiB');

  it('has a mark a cell that is done, one panel a policy, one scale', () => {
    expect(svg.match(/<circle/g)).toHaveLength(9);
    expect(svg).toContain('policy P1');
    expect(svg).toContain('policy P&lt;5&gt;');
    expect(svg).toContain('900 KiB');
    expect(svg).toContain('<title>stride 16 KiB: 900 KiB</title>');
    // Coordinates are numbers, whatever is missing.
    expect(svg).not.toContain('NaN');
  });

  it('marks the one cell that surprises, and says so', () => {
    expect(svg.match(/stroke-width="2"/g)).toHaveLength(1);
    expect(caption).toContain('◆ is the cell furthest from its neighbours');
  });

  it('draws bars where values have no order, and says what it leaves out', () => {
    const many = sampleSweep(
      [
        { field: 'policies', name: 'policy', values: ['P1', 'P2', 'P5'] },
        { field: 'machines', name: 'machine', values: Array.from({ length: 60 }, (_, i) => `m${i}`) },
        { field: 'filesystems', name: 'file system', values: Array.from({ length: 70 }, (_, i) => `f${i}`) },
      ],
      ([a, b, c]) => a + b + c,
    );
    const figure = sweepFigure(many, 'blocks.needlessKiB');
    expect(figure.svg).toContain('<rect');
    expect(figure.caption).toContain('132 more panels are in the table only');
  });

  it('stands in a report with the table of all cells', () => {
    const html = reportHtml(sweepReport({ results, measure: 'blocks.needlessKiB' }, '2026-01-02T03:04:05Z'), 'screen');
    expect(html).toContain('9 of 10 cells are done');
    expect(html).toContain('policy P1, stride 16 KiB (900 KiB)');
    expect(html).toContain('◆ 900 KiB');
    expect(html).toContain('not run');
    expect(html).toContain('a, &quot;sweep&quot; &lt;of&gt; ours');
  });
});
