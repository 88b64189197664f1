import { BOX_HEIGHT, BOX_WIDTH, layoutWaits, linesOf } from '#model/wait-layout';
import type { Block, Figure } from '#model/report';
import type { RunInfo } from '#model/run';
import type { WaitForGraph } from '#model/wait-for';
import { subject } from './sentences.ts';
import { COLOURS, escape, round, svg, text } from './svg.ts';

/** More arrows than this and their labels would lie on each other: the list below says them. */
const MOST_LABELS = 8;

/** The runs that ended in a knot: the graph, and the same in words. */
export function waitBlocks(runs: readonly RunInfo[]): Block[] {
  return runs.flatMap((run): Block[] => {
    if (run.waitFor === null) return [];
    const label = new Map(run.waitFor.nodes.map((node) => [node.id, node.label]));
    return [
      { type: 'paragraph', text: `${subject(run)} ended in a ${run.verdict}. Who waits for whom:` },
      { type: 'figure', figure: waitFigure(run, run.waitFor) },
      {
        type: 'list',
        items: run.waitFor.edges.map(
          (edge) => `${label.get(edge.from) ?? edge.from} waits for ${label.get(edge.to) ?? edge.to}: ${edge.label}`,
        ),
      },
    ];
  });
}

/** The wait-for graph as the window draws it: what lies on the knot in the colour of alarm and with heavy lines. */
function waitFigure(run: RunInfo, graph: WaitForGraph): Figure {
  const { width, height, nodes, edges } = layoutWaits(graph);
  const caption = `${subject(run)}: each arrow points from the one who waits to what must give way first; the ${graph.knot.length} with heavy lines are the knot and can never be released.`;
  const tip = (id: string, fill: string): string =>
    `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0.5L8 4L0 7.5Z" fill="${fill}"/></marker>`;
  // Several figures may stand on one page.
  const mark = `w${run.hash.slice(0, 12)}`;
  const defs = `<defs>${tip(`${mark}-tip`, COLOURS.faint)}${tip(`${mark}-knot`, COLOURS.alarm)}</defs>`;
  const lines = edges.map(({ path, inKnot }) => {
    const stroke = inKnot ? COLOURS.alarm : COLOURS.faint;
    return `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="${inKnot ? 2 : 1.2}" marker-end="url(#${mark}-${inKnot ? 'knot' : 'tip'})"/>`;
  });
  const labels = edges.length > MOST_LABELS ? [] : edges.map(({ label, x, y }) => small(x, y, label));
  const boxes = nodes.map(({ node, x, y, inKnot }) => {
    const radius = node.kind === 'thread' ? BOX_HEIGHT / 2 : 4;
    const words = linesOf(node.label);
    return [
      `<rect class="box" x="${round(x - BOX_WIDTH / 2)}" y="${round(y - BOX_HEIGHT / 2)}" width="${BOX_WIDTH}" height="${BOX_HEIGHT}" rx="${radius}" fill="#ffffff" stroke="${inKnot ? COLOURS.alarm : COLOURS.faint}" stroke-width="${inKnot ? 2 : 1}"/>`,
      ...words.map((line, i) => text(x, y - (words.length === 2 ? 8 : 2) + i * 13, line, 'middle')),
      small(x, y + 18, node.kind.replace('-', ' ')),
    ].join('');
  });
  return { caption, svg: svg(height, caption, [defs, ...lines, ...boxes, ...labels].join(''), width) };
}

function small(x: number, y: number, content: string): string {
  return `<text class="ink" x="${round(x)}" y="${round(y)}" text-anchor="middle" font-size="10" fill="${COLOURS.ink}">${escape(content)}</text>`;
}
