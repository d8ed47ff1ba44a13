'use client';
import '@xyflow/react/dist/base.css';
import { Background, Controls, ReactFlow, ReactFlowProvider } from '@xyflow/react';
import { useMemo } from 'react';
import type { Instance } from '#contract/resources/instance.ts';
import { layOutMap, nodeSize } from './layout-map.ts';
import { MapEdge, type MapEdgeType } from './map-edge.tsx';
import { MapNode, type MapNodeType } from './map-node.tsx';

const nodeTypes = { instance: MapNode };
const edgeTypes = { lag: MapEdge };

/** The drawing. It can be panned and zoomed by hand; everything on it is also in the list beside it. */
export function MapCanvas({ instances, chosenId }: { instances: readonly Instance[]; chosenId: string | null }) {
  const shape = instances.map((instance) => `${instance.id}>${instance.sourceId ?? ''}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: places change with the shape of the sets, not with every beat.
  const places = useMemo(() => {
    const known = new Set(instances.map((instance) => instance.id));
    const edges = instances.flatMap((instance) =>
      instance.sourceId !== null && known.has(instance.sourceId) ? [[instance.sourceId, instance.id] as const] : [],
    );
    return layOutMap({ nodes: instances.map((instance) => instance.id), edges });
  }, [shape]);
  const nodes = instances.map(
    (instance): MapNodeType => ({
      id: instance.id,
      type: 'instance',
      position: places.get(instance.id) ?? { x: 0, y: 0 },
      data: { instance, chosen: instance.id === chosenId },
      ...nodeSize,
      draggable: false,
      focusable: false,
    }),
  );
  const edges = instances
    .filter((instance) => instance.sourceId !== null && places.has(instance.sourceId))
    .map(
      (replica): MapEdgeType => ({
        id: replica.id,
        type: 'lag',
        source: replica.sourceId ?? '',
        target: replica.id,
        data: { replica },
        focusable: false,
      }),
    );
  return (
    <ReactFlowProvider>
      <ReactFlow
        key={shape}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        fitView
        fitViewOptions={{ padding: { top: '24px', right: '64px', bottom: '24px', left: '24px' }, maxZoom: 1 }}
        attributionPosition="bottom-left"
        className="[--xy-attribution-background-color:transparent] [&_.react-flow__attribution_a]:text-faint"
        minZoom={0.2}
        maxZoom={1.5}
        nodesConnectable={false}
        elementsSelectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        zoomOnScroll={false}
        panOnScroll={false}
        preventScrolling={false}
      >
        <Background gap={24} size={1} color="var(--line)" />
        <Controls
          showInteractive={false}
          position="bottom-right"
          className="overflow-hidden rounded-control border border-line bg-panel [&_button]:flex [&_button]:size-7 [&_button]:items-center [&_button]:justify-center [&_button]:border-line [&_button]:border-b last:[&_button]:border-b-0 hover:[&_button]:bg-hover [&_svg]:size-3 [&_svg]:fill-current"
        />
      </ReactFlow>
    </ReactFlowProvider>
  );
}
