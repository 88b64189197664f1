import type { Block, Cell } from '#model/report';
import { metricName } from '#model/metric-names';
import { formatFigure } from '#model/sweep-results';
import type { ReportInput } from './model.ts';
import { subject, words } from './sentences.ts';

/** Changes shown before the rest is only counted. */
const MOST_FIELDS = 40;
const MOST_METRICS = 60;
/** Changes of less than a twentieth of a percent are not written out. */
const LEAST_SHARE = 5e-4;

const label = (text: string): Cell => ({ text, number: false });
const figure = (text: string): Cell => ({ text, number: true });

/** What is not the same in all runs: what was set, and what came of it. */
export function comparisonBlocks({ comparison, runs: entries }: ReportInput): Block[] {
  if (comparison === null || entries.length < 2) return [];
  const runs = entries.map(({ run }) => run);
  const blocks: Block[] = [];
  const { documents, metrics } = comparison;
  if (documents.length > 0)
    blocks.push({
      type: 'table',
      caption: 'What was set differently',
      head: [label('field'), ...runs.map((run) => label(subject(run)))],
      rows: documents
        .slice(0, MOST_FIELDS)
        .map(({ document, path, values }) => [
          label(document === 'run' ? words(path) : `${document}: ${path}`),
          ...values.map((value) => label(value ?? 'not given')),
        ]),
    });
  if (documents.length > MOST_FIELDS) blocks.push(rest(documents.length - MOST_FIELDS, 'field', 'fields'));
  if (metrics.length > 0)
    blocks.push({
      type: 'table',
      caption: `What came of it: the change from ${subject(runs[0])} in brackets`,
      head: [label('metric'), ...runs.map((run) => figure(subject(run)))],
      rows: metrics
        .slice(0, MOST_METRICS)
        .map(({ path, values, relative, withinSpread }) => [
          label(metricName(path)),
          ...values.map((value, i) =>
            figure(
              i === 0
                ? formatFigure(value, path)
                : `${formatFigure(value, path)}${change(value, relative[i - 1], withinSpread[i - 1])}`,
            ),
          ),
        ]),
    });
  if (metrics.length > MOST_METRICS) blocks.push(rest(metrics.length - MOST_METRICS, 'metric', 'metrics'));
  if (blocks.length === 0)
    blocks.push({ type: 'paragraph', text: 'Nothing: settings and metrics are the same in all runs.' });
  return blocks;
}

function rest(more: number, one: string, several: string): Block {
  return { type: 'paragraph', text: `${more} more ${more === 1 ? one : several} differ.` };
}

/** A figure with thin spaces between thousands, three digits after the point at most. */
function amount(value: number): string {
  const [whole, part] = String(Math.round(value * 1000) / 1000).split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+(?!\d))/g, '\u202f');
  return part === undefined ? grouped : `${grouped}.${part}`;
}

function change(value: number, share: number | null, within: boolean | null): string {
  if (share !== null && Math.abs(share) < LEAST_SHARE) return '';
  const spread = within === true ? ', within the seeds’ spread' : '';
  if (share === null) return value === 0 ? '' : ` (from 0${spread})`;
  const percent =
    Math.abs(share) >= 10
      ? `×${amount(Math.round((1 + share) * 10) / 10)}`
      : `${share > 0 ? '+' : '−'}${amount(Math.round(Math.abs(share) * 1000) / 10)} %`;
  return ` (${percent}${spread})`;
}
