import { graphlib, layout } from '@dagrejs/dagre';

export const nodeSize = { width: 220, height: 64 } as const;

export type MapShape = { nodes: readonly string[]; edges: readonly (readonly [from: string, to: string])[] };
export type Place = { x: number; y: number };

/** Upper left corners: a set runs from its source to the right; sets stand beneath one another. */
export function layOutMap({ nodes, edges }: MapShape): Map<string, Place> {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 20, ranksep: 190, marginx: 16, marginy: 16 });
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
