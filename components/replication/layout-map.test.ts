import { expect, test } from 'vitest';
import { layOutMap, nodeSize } from './layout-map.ts';

test('replicas stand to the right of their source and nothing overlaps', () => {
  const nodes = ['source', 'a', 'b', 'c', 'alone', 'other', 'd', 'e', 'f', 'g', 'h', 'i'];
  const places = layOutMap({
    nodes,
    edges: [
      ['source', 'a'],
      ['source', 'b'],
      ['source', 'c'],
      ['other', 'd'],
    ],
  });
  const at = (id: string) => places.get(id) ?? { x: Number.NaN, y: Number.NaN };
  for (const replica of ['a', 'b', 'c']) expect(at(replica).x).toBeGreaterThan(at('source').x + nodeSize.width);
  // Those that stand alone do not make one endless column.
  expect(new Set(['alone', 'e', 'f', 'g', 'h', 'i'].map((id) => at(id).x)).size).toBe(2);
  for (const one of nodes)
    for (const other of nodes) {
      if (one === other) continue;
      const apart = Math.abs(at(one).x - at(other).x) >= nodeSize.width || Math.abs(at(one).y - at(other).y) >= nodeSize.height;
      expect(apart, `${one} and ${other} overlap`).toBe(true);
    }
});
