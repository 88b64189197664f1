import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Metrics } from '#model/metrics';
import { STANDARD_PARTS } from '#model/report';
import type { RunInfo } from '#model/run';
import { buildReport } from '#report/build';
import { reportHtml } from '#report/html';
import { comparisonSentences, runSentence } from '#report/sentences';

const METRICS: Metrics = {
  faults: { read: 4096, write: 0, writeProtect: 0, minor: 0, major: 4096, sigbus: 0 },
  blocks: { instantiatedKiB: 16384, neededKiB: 1024, needlessKiB: 15360 },
  pages: { dirtied: 4096, storedTo: 256 },
  io: { requests: 1, reads: 0, writes: 1, flushes: 0, readKiB: 0, writtenKiB: 16384, byCause: { sync: 1 } },
  time: { simulatedNs: 1e6, byCauseNs: { handler: 1e6 } },
  cpu: {},
  lostBytes: 0,
  kernel: { throttledNs: 0, directReclaims: 0, pagesReclaimed: 0, pagesWrittenByReclaim: 0 },
};

function run(policy: string, changes: Partial<Metrics> = {}, more: Partial<RunInfo> = {}): RunInfo {
  return {
    id: 'abc',
    hash: 'f00d',
    planHash: 'beef',
    source: 'emulated',
    experiment: 'test',
    policy,
    machine: 'm',
    kernel: 'k',
    filesystem: 'fs',
    engineVersion: '1',
    seed: 1,
    verdict: 'finished',
    events: 0,
    lanes: [],
    phases: [],
    metrics: { ...METRICS, ...changes },
    waitFor: null,
    savedAt: '2026-01-01T00:00:00Z',
    name: '',
    notes: '',
    tags: [],
    starred: false,
    ...more,
  };
}

/** What a plain report of whole runs has not. */
const REST = { comparison: null, sweep: null, span: null, parts: STANDARD_PARTS } as const;

/** Thin spaces between thousands, as plain ones. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('sentences', () => {
  it('say what was allocated for nothing', () =>
    expect(plain(runSentence(run('P1')))).toBe(
      'P1 on fs took 4 096 faults (4 096 read, 0 write, 0 write-protect) and allocated 16 384 KiB for 256 pages stored to: 15 360 KiB were never stored to.',
    ));

  it('tell runs apart by blocks and faults', () => {
    const lean = run('P5', {
      blocks: { instantiatedKiB: 1024, neededKiB: 1024, needlessKiB: 0 },
      faults: { ...METRICS.faults, writeProtect: 256 },
    });
    expect(comparisonSentences([run('P1'), lean]).map(plain)).toEqual([
      'P1 on fs allocated 16 384 KiB, 16 times as much, where P5 on fs allocated 1 024 KiB.',
      'Faults run from 4 096 (P1 on fs) to 4 352 (P5 on fs).',
    ]);
  });

  it('name lost bytes and a deadlock', () =>
    expect(plain(runSentence(run('P3', { lostBytes: 5120 }, { verdict: 'deadlock' })))).toContain(
      '5 120 stored bytes were lost. It ended in a deadlock.',
    ));
});

describe('the HTML report', () => {
  const input = {
    title: 'A <b>title</b>',
    question: 'Why & how?',
    ...REST,
    runs: [{ run: run('P1'), tile: null, latencies: [], lives: [], inSpan: null }],
    warnings: [],
    documents: [{ kind: 'experiment', id: 'x', json: '{"a":"</pre>"}' }],
    madeAt: '2026-01-01T00:00:00Z',
  };
  const html = reportHtml(buildReport(input), 'screen');

  it('needs no network, and runs no script but its own', () => {
    expect(html).not.toMatch(/<script[^>]|<link|src=|@import|url\(http/);
    const script = /<script>([^]*)<\/script>/.exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(script).digest('base64');
    expect(html).toContain(`script-src 'sha256-${hash}'"`);
  });

  it('for paper has no script, and shows the documents', () => {
    const paper = reportHtml(buildReport(input), 'print');
    expect(paper).not.toMatch(/<script|<details|tabindex/);
    expect(paper).toContain('<pre>{&quot;a&quot;');
  });

  it('escapes what people and documents say', () => {
    expect(html).toContain('A &lt;b&gt;title&lt;/b&gt;');
    expect(html).toContain('{&quot;a&quot;:&quot;&lt;/pre&gt;&quot;}');
  });

  it('shows the run by its hash, so that it can be made again', () => expect(html).toContain('f00d'));
});

describe('what a reader must know', () => {
  const machine = JSON.stringify({ costs: { entry: { source: 'a manual', method: 'estimated', note: 'a <guess>' } } });
  const html = reportHtml(
    buildReport({
      title: 'T',
      question: '',
      ...REST,
      runs: [{ run: run('P1'), tile: null, latencies: [], lives: [], inSpan: null }],
      warnings: ['the runs have different workloads'],
      documents: [{ kind: 'machine', id: 'm', json: machine }],
      madeAt: '2026-01-01T00:00:00Z',
    }),
    'screen',
  );

  it('is which figures are estimates, and why', () => {
    expect(html).toContain('1 figure is an estimate, not measured');
    expect(html).toContain('costs.entry');
    expect(html).toContain('a &lt;guess&gt;');
    expect(html).toContain('a manual');
  });

  it('is what cannot be compared', () => expect(html).toContain('The runs have different workloads.'));
});
