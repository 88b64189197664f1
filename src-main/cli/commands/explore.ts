import { defineCommand } from 'citty';
import { formatTable, printJson, printLine } from '#cli/output';
import { shippedDocuments } from '#cli/resources';
import type { Exploration } from '#emulator/explorer/explorer';
import { POLICY_RULES } from '#emulator/explorer/policies';
import { choosePolicies, exploreScenario, openScenario, parseLimit, verdictInWords } from '#lab/explore';
import type { ExploreReport } from '#lab/explore';

export default defineCommand({
  meta: { name: 'explore', description: 'Try every interleaving of a small scenario; find deadlocks and livelocks' },
  args: {
    scenario: {
      type: 'positional',
      required: true,
      description: 'scenario document, or the name of a shipped one: s1, s2, s3, s4',
    },
    policy: { type: 'string', description: 'only this policy: P1, P3, P4, P4-nonblocking, P5-by-page, P5-folio or P6' },
    limit: { type: 'string', description: 'states at most, each policy (400000)' },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  run({ args }) {
    const scenario = openScenario(shippedDocuments(), args.scenario);
    const report = exploreScenario(scenario, choosePolicies(args.policy), parseLimit(args.limit));
    if (args.json) printJson(report);
    else for (const line of reportLines(report)) printLine(line);
  },
});

function reportLines(report: ExploreReport): string[] {
  const figure = (title: string, value: (result: Exploration) => number) => ({
    title,
    value: (result: Exploration) => String(value(result)),
    align: 'right' as const,
  });
  const table = formatTable(report.results, [
    { title: 'policy', value: (r) => r.policy },
    { title: 'verdict', value: verdictInWords },
    figure('states', (r) => r.states),
    figure('stuck', (r) => r.stuck),
    figure('doomed', (r) => r.doomed),
    figure('finals', (r) => r.finals),
    { title: 'idea', value: (r) => POLICY_RULES[r.policy].title },
  ]);
  const truncated = report.results.filter((r) => r.truncated).map((r) => r.policy);
  const notice =
    truncated.length === 0
      ? []
      : [
          '',
          `Limit of ${report.limit} states reached (${truncated.join(', ')}): the counts are lower bounds; --limit raises it.`,
        ];
  return [`${report.scenario}: ${report.title}`, '', ...table, ...notice, ...report.results.flatMap(evidenceLines)];
}

/** How the knot is reached and what it is made of. */
function evidenceLines(result: Exploration): string[] {
  if (result.graph === null) return [];
  const { nodes, edges, knot, verdict } = result.graph;
  const labels = new Map(nodes.map((node) => [node.id, node.label]));
  const steps = (list: readonly string[]) => list.map((step, i) => `  ${String(i + 1).padStart(2)}  ${step}`);
  const round = result.cycle.length === 0 ? [] : ['  and then, for ever:', ...steps(result.cycle)];
  return [
    '',
    `${result.policy}: a shortest way to ${verdict === 'deadlock' ? 'deadlock' : 'livelock'}`,
    ...steps(result.path),
    ...round,
    `  who waits for whom (* in the knot):`,
    ...edges.map((edge) => {
      const mark = knot.includes(edge.from) && knot.includes(edge.to) ? '*' : ' ';
      return `  ${mark} [${labels.get(edge.from)}] -> [${labels.get(edge.to)}]  ${edge.label}`;
    }),
  ];
}
