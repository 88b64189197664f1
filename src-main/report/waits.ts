import type { Block, Figure } from '#model/report';
import type { RunInfo } from '#model/run';
import type { WaitForGraph } from '#model/wait-for';
import { layoutWaits, pathOf, TYPE, type PlacedNode, type WaitDrawing } from '#model/wait-layout';
import { linesOf, widthOf } from '#model/wait-text';
import { subject } from './sentences.ts';
import { COLOURS, escape, round, svg } from './svg.ts';

/** Width up to which a line of labels may go before it is broken: that of the page, px. */
const MOST_WIDTH = 900;

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
  const drawing = layoutWaits([graph], { width: MOST_WIDTH, height: Infinity });
  const caption = `${subject(run)}: each arrow points from the one who waits to what must give way first; the ${graph.knot.length} with heavy lines are the knot and can never be released.`;
  // Several figures may stand on one page.
  const mark = `w${run.hash.slice(0, 12)}`;
  const defs = `<defs>${tip(`${mark}-tip`, COLOURS.faint)}${tip(`${mark}-knot`, COLOURS.alarm)}</defs>`;
  const body = [defs, ...lines(drawing, graph, mark), ...labels(drawing, graph), ...boxes(drawing, graph)].join('');
  return { caption, svg: svg(drawing.height, caption, body, drawing.width, Math.min(1, drawing.scale)) };
}

function tip(id: string, fill: string): string {
  return `<marker id="${id}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="10" markerHeight="10" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.5L8 4L0 7.5Z" fill="${fill}"/></marker>`;
}

function lines({ nets }: WaitDrawing, graph: WaitForGraph, mark: string): string[] {
  const knot = new Set(graph.knot);
  return nets.flatMap((net) => {
    // A line that passes under another is interrupted there.
    const grounds = net.map(
      (edge) => `<path class="ground" d="${pathOf(edge)}" fill="none" stroke="#ffffff" stroke-width="6"/>`,
    );
    const strokes = net.map((edge) => {
      const inKnot = knot.has(edge.from) && knot.has(edge.to);
      const stroke = inKnot ? COLOURS.alarm : COLOURS.faint;
      return `<path d="${pathOf(edge)}" fill="none" stroke="${stroke}" stroke-width="${inKnot ? 2 : 1.2}" marker-end="url(#${mark}-${inKnot ? 'knot' : 'tip'})"/>`;
    });
    return [...grounds, ...strokes];
  });
}

function labels(drawing: WaitDrawing, graph: WaitForGraph): string[] {
  const { size, line } = TYPE.label;
  const labelOf = new Map(graph.edges.map(({ from, to, label }) => [`${from} ${to}`, label]));
  return drawing.labels.map(({ edges, x, y }) => {
    const words = linesOf(labelOf.get(`${edges[0].from} ${edges[0].to}`) ?? '', drawing.wrap.label, size);
    const width = Math.max(...words.map((word) => widthOf(word, size)));
    const top = y - (words.length * line) / 2;
    const ground = `<rect class="ground" x="${round(x - width / 2)}" y="${round(top)}" width="${round(width)}" height="${words.length * line}" fill="#ffffff"/>`;
    return ground + words.map((word, i) => small(x, top + 10 + i * line, word, size)).join('');
  });
}

function boxes(drawing: WaitDrawing, graph: WaitForGraph): string[] {
  const knot = new Set(graph.knot);
  const nodeOf = new Map(graph.nodes.map((node) => [node.id, node]));
  return drawing.nodes.flatMap((placed) => {
    const node = nodeOf.get(placed.id);
    return node === undefined ? [] : [box(placed, node.kind, node.label, knot.has(node.id), drawing.wrap.node)];
  });
}

function box({ x, y, width, height }: PlacedNode, kind: string, label: string, inKnot: boolean, wrap: number): string {
  const radius = kind === 'thread' ? Math.min(18, height / 2) : 4;
  const words = linesOf(label, wrap, TYPE.node.size);
  const half = (words.length * TYPE.node.line + TYPE.kind.line) / 2;
  return [
    `<rect class="box" x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${round(width)}" height="${round(height)}" rx="${round(radius)}" fill="#ffffff" stroke="${inKnot ? COLOURS.alarm : COLOURS.faint}" stroke-width="${inKnot ? 2 : 1}"/>`,
    ...words.map(
      (word, i) =>
        `<text class="ink" x="${round(x)}" y="${round(y - half + 11 + i * TYPE.node.line)}" text-anchor="middle" font-weight="600" fill="${COLOURS.ink}">${escape(word)}</text>`,
    ),
    small(x, y + half - 3, kind.replace('-', ' '), TYPE.kind.size),
  ].join('');
}

function small(x: number, y: number, content: string, size: number): string {
  return `<text class="ink" x="${round(x)}" y="${round(y)}" text-anchor="middle" font-size="${size}" fill="${COLOURS.ink}">${escape(content)}</text>`;
}
