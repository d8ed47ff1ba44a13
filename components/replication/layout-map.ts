import { graphlib, layout } from '@dagrejs/dagre';

export const nodeSize = { width: 220, height: 64 } as const;

export type MapShape = { nodes: readonly string[]; edges: readonly (readonly [from: string, to: string])[] };
export type Place = { x: number; y: number };

const gap = 20;
const margin = 16;

/** Beside one another stand so many of the instances without a replica that all of them make a picture as wide as it is legible. */
export const countColumns = (alone: number) => Math.max(1, Math.round(Math.sqrt(alone / 2)));

/** Upper left corners: a set runs from its source to the right, sets stand beneath one another, and what stands alone in columns below. */
export function layOutMap({ nodes, edges }: MapShape): Map<string, Place> {
  const linked = new Set(edges.flat());
  const places = layOutSets(
    nodes.filter((id) => linked.has(id)),
    edges,
  );
  const below = Math.max(margin, ...[...places.values()].map(({ y }) => y + nodeSize.height + gap));
  const alone = nodes.filter((id) => !linked.has(id));
  const columns = countColumns(alone.length);
  for (const [index, id] of alone.entries())
    places.set(id, {
      x: margin + (index % columns) * (nodeSize.width + gap),
      y: below + Math.floor(index / columns) * (nodeSize.height + gap),
    });
  return places;
}

function layOutSets(nodes: readonly string[], edges: MapShape['edges']): Map<string, Place> {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: gap, ranksep: 190, marginx: margin, marginy: margin });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of nodes) graph.setNode(id, { ...nodeSize });
  for (const [from, to] of edges) graph.setEdge(from, to);
  layout(graph);
  return new Map(
    nodes.map((id) => {
      const { x, y } = graph.node(id) as Place;
      return [id, { x: x - nodeSize.width / 2, y: y - nodeSize.height / 2 }];
    }),
  );
}
