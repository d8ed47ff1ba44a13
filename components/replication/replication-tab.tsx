'use client';
import { GitBranch } from 'lucide-react';
import { useInstances } from '#client/queries/instances.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import type { Instance } from '#contract/resources/instance.ts';
import { nodeSize } from './layout-map.ts';
import { MapDrawing } from './map-drawing.tsx';
import { AddReplica, MapList } from './map-list.tsx';
import { findReplicationSet } from './replication-sets.ts';

export function ReplicationTab({ instance }: { instance: Instance }) {
  const instances = useInstances();
  return (
    <Loaded
      query={instances}
      what="The set"
      framed
      skeleton={
        <Panel flush>
          <SkeletonRows rows={4} label="Reading the set" />
        </Panel>
      }
    >
      {({ items }) => {
        const set = findReplicationSet(items, instance);
        if (set.replicas.length === 0 && instance.role !== 'replica') {
          return (
            <Panel>
              <EmptyState
                icon={GitBranch}
                title="It stands alone"
                sentence="A replica copies it all the time, answers reads, and can take over. It needs the same version and at least this size."
                action={<AddReplica source={instance} look="primary" />}
              />
            </Panel>
          );
        }
        const members = [set.head, ...set.replicas];
        return (
          <div className="grid grid-cols-1 gap-4">
            <MapDrawing
              instances={members}
              chosenId={instance.id}
              height={Math.max(200, Math.min(480, set.replicas.length * (nodeSize.height + 20) + 72))}
            />
            <Panel title="Set" note={members.length} flush>
              <MapList sets={[set]} chosenId={instance.id} />
            </Panel>
          </div>
        );
      }}
    </Loaded>
  );
}
