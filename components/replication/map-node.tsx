'use client';
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { clsx } from 'clsx';
import { useHealth } from '#client/health.ts';
import { Go } from '#components/ui/go.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import type { Instance } from '#contract/resources/instance.ts';

export type MapNodeData = { instance: Instance; chosen: boolean };
export type MapNodeType = Node<MapNodeData, 'instance'>;

/** One instance on the map: mark, name, role, address. It is a link. */
export function MapNode({ data: { instance, chosen } }: NodeProps<MapNodeType>) {
  const health = useHealth(instance);
  return (
    <div
      className={clsx(
        'h-16 w-55 rounded-panel border bg-panel transition-colors duration-[120ms] hover:border-line-strong',
        chosen ? 'border-accent ring-1 ring-accent' : 'border-line',
      )}
    >
      <Handle type="target" position={Position.Left} className="invisible!" isConnectable={false} />
      <Go href={`/instances/${instance.id}`} className="nodrag nopan flex h-full items-center gap-3 rounded-panel px-3" draggable={false}>
        <Mark tone={health.tone} size={14} />
        <span className="min-w-0 grow">
          <span className="flex items-baseline justify-between gap-2">
            <span className="truncate font-medium">{instance.name}</span>
            <span className={clsx('shrink-0 text-12', instance.role === 'replica' ? 'text-replica' : 'text-faint')}>{instance.role}</span>
          </span>
          <span className="flex items-baseline gap-2 text-12">
            {health.tone !== 'healthy' && <span className="shrink-0 text-fg">{health.label}</span>}
            <span className="num truncate text-faint">
              {health.tone === 'healthy' && instance.host}:{instance.port ?? '–'}
            </span>
          </span>
        </span>
      </Go>
      <Handle type="source" position={Position.Right} className="invisible!" isConnectable={false} />
    </div>
  );
}
