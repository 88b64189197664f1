import { describe, expect, it } from 'vitest';
import { EventKind } from '#model/events';
import type { Report } from '#model/report';
import { LATENCY_BINS, LatencyCounter, binStart, medianBin } from '#report/latencies';
import { reportMarkdown } from '#report/markdown';

import { sourceUses, sourcedIn } from '#report/provenance';
import { makeBatch } from '#model/batch';

const document = (value: unknown) => ({ kind: 'machine', id: 'm', json: JSON.stringify(value) });

describe('sources of a document', () => {
  const figures = document({
    source: 'the manual',
    costs: {
      one: { value: 1, source: 'a paper', method: 'paper' },
      two: { value: 2, source: 'lmbench', method: 'estimated', note: 'a share' },
    },
    table: [{ source: 'a paper', method: 'paper' }],
  });

  it('are found wherever they stand, by their paths', () =>
    expect(sourcedIn(figures).map(({ path, method }) => `${path} ${method}`)).toEqual([
      ' ',
      'costs.one paper',
      'costs.two estimated',
      'table[0] paper',
    ]));

  it('are counted by source and method, the most used first', () =>
    expect(sourceUses(sourcedIn(figures))[0]).toEqual({ source: 'a paper', method: 'paper', figures: 2 }));

  it('of what is no JSON are none', () => expect(sourcedIn({ kind: 'x', id: '', json: '<' })).toEqual([]));
});

describe('latencies', () => {
  const count = (rows: readonly (readonly [kind: number, ps: number, b?: number])[]) => {
    const batch = makeBatch(0, rows.length);
    rows.forEach(([kind, ps, b], i) => {
      batch.kind[i] = kind;
      batch.duration[i] = ps;
      batch.b[i] = b ?? 0;
    });
    const counter = new LatencyCounter();
    counter.add(batch);
    return counter.result();
  };

  it('are told apart by fault and operation, and leave other events out', () => {
    const series = count([
      [EventKind.readFault, 5000],
      [EventKind.writeProtectFault, 7000],
      [EventKind.io, 9e9, 1 | (4 << 4)],
      [EventKind.shootdown, 1],
    ]);
    expect(series.map(({ name, count: events, longest }) => [name, events, longest])).toEqual([
      ['read faults', 1, 5000],
      ['write-protect faults', 1, 7000],
      ['write requests', 1, 9e9],
    ]);
  });

  it('lie in the bin that holds them, the shortest and longest at the ends', () => {
    for (const ps of [0, 999, 1000, 1415, 4096, 1e9, 1e18]) {
      const [{ bins }] = count([[EventKind.readFault, ps]]);
      const bin = bins.indexOf(1);
      if (bin > 0) expect(binStart(bin)).toBeLessThanOrEqual(ps);
      if (bin < LATENCY_BINS - 1) expect(binStart(bin + 1)).toBeGreaterThan(ps);
    }
  });

  it('have their middle where half of them are', () => {
    const [series] = count([1000, 2000, 4000, 8000, 16000].map((ps) => [EventKind.readFault, ps]));
    expect(binStart(medianBin(series))).toBe(4000);
  });
});

describe('a report in Markdown', () => {
  const report: Report = {
    title: 'A *bold* title',
    question: 'Why?',
    madeAt: 'now',
    sections: [
      {
        part: 'summary',
        title: 'One',
        blocks: [
          { type: 'warning', title: 'Beware', items: ['it is a guess.'] },
          { type: 'list', items: ['a_b', '<script>'] },
          {
            type: 'table',
            caption: 'T',
            head: [
              { text: 'x', number: false },
              { text: 'n', number: true },
            ],
            rows: [
              [
                { text: 'a|b\nc', number: false },
                { text: '1', number: true },
              ],
            ],
          },
          { type: 'figure', figure: { svg: '<svg/>', caption: 'A figure' } },
          { type: 'code', title: 'doc', text: '```' },
        ],
      },
    ],
  };
  const { text, figures } = reportMarkdown(report, '/tmp/my report.md');

  it('takes nothing that people wrote for markup', () => {
    expect(text).toContain('# A \\*bold\\* title');
    expect(text).toContain('- a\\_b\n- \\<script\\>');
    expect(text).toContain('| x | n |\n| --- | ---: |\n| a\\|b c | 1 |');
    expect(text).toContain('````json\n```\n````');
    expect(text).toContain('> **Beware**\n>\n> - it is a guess.');
  });

  it('has its figures in files beside it', () => {
    expect(text).toContain('![A figure](my%20report-figures/figure-1.svg)');
    expect(figures.map(({ name }) => name)).toEqual(['my report-figures/figure-1.svg']);
    expect(figures[0].svg).toContain('<svg/>');
  });
});
