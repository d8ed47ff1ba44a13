'use client';
import { useMemo, useState } from 'react';
import { useInstances } from '#client/queries/instances.ts';
import { Awake } from '#components/ui/awake.tsx';
import { LinkButton } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { MoreRows, useFewRows } from '#components/ui/few-rows.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { PageHead } from '#components/ui/page-head.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { Switch } from '#components/ui/switch.tsx';
import { WaitingPage } from '#components/ui/waiting-page.tsx';
import { writeCount } from '#contract/count-text.ts';
import { countColumns, nodeSize } from './layout-map.ts';
import { MapDrawing } from './map-drawing.tsx';
import { MapList } from './map-list.tsx';
import { listReplicationSets, type ReplicationSet } from './replication-sets.ts';

/** More than this is no picture any more; the list has them all. */
const mostDrawn = 120;

/** Who copies whom, live: the picture, and the same in words with the buttons. */
export function MapPage() {
  return (
    <Awake fallback={<WaitingPage title="Map" rows={10} label="Reading instances" />}>
      <Asked />
    </Awake>
  );
}

function Asked() {
  const instances = useInstances();
  const [alone, setAlone] = useState(false);
  const sets = useMemo(() => listReplicationSets(instances.data?.items ?? []), [instances.data]);
  const shown = useMemo(() => {
    const linked = sets.filter((set) => set.replicas.length > 0 || set.head.role === 'replica');
    return alone || linked.length === 0 ? sets : linked;
  }, [sets, alone]);
  const hidden = sets.length - shown.length;
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead
        title="Map"
        facts={countReplicas(sets)}
        actions={
          (alone || hidden > 0) && (
            <Switch checked={alone} onChange={setAlone}>
              Standalone instances too
            </Switch>
          )
        }
      />
      <Loaded
        query={instances}
        what="The map"
        framed
        skeleton={
          <Panel flush>
            <SkeletonRows rows={10} label="Reading instances" />
          </Panel>
        }
      >
        {({ items }) =>
          items.length === 0 ? (
            <Panel>
              <EmptyState
                title="Nothing to draw yet"
                sentence="The map shows which instance copies which. Create the first instance, then give it a replica."
                action={
                  <LinkButton href="/instances/new" look="primary">
                    New instance
                  </LinkButton>
                }
              />
            </Panel>
          ) : (
            <Drawn sets={shown} />
          )
        }
      </Loaded>
    </div>
  );
}

function Drawn({ sets }: { sets: readonly ReplicationSet[] }) {
  const members = sets.flatMap(({ head, replicas }) => [head, ...replicas]);
  const { shown, rest, showMore } = useFewRows(sets);
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1.5fr)_minmax(400px,1fr)]">
      <div className="grid grid-cols-1 gap-2">
        <MapDrawing instances={members.slice(0, mostDrawn)} height={`min(${drawnHeight(sets)}px, 64dvh)`} />
        {members.length > mostDrawn && (
          <p className="text-12 text-muted">
            The picture shows the first {mostDrawn} of {members.length} instances. The list has all of them.
          </p>
        )}
      </div>
      <Panel title="In words" note={members.length} flush>
        <MapList sets={shown} />
        <MoreRows rest={rest} onMore={showMore} />
      </Panel>
    </div>
  );
}

function countReplicas(sets: readonly ReplicationSet[]): string | undefined {
  const replicas = sets.reduce((sum, set) => sum + set.replicas.length, 0);
  const sources = sets.filter((set) => set.replicas.length > 0).length;
  if (sets.length === 0) return undefined;
  if (replicas === 0) return 'No instance has a replica yet';
  return `${writeCount(replicas, 'replica')} of ${writeCount(sources, 'source')}`;
}

/** As high as sets and rows of those that stand alone are beneath one another, within what still is a picture. */
function drawnHeight(sets: readonly ReplicationSet[]): number {
  const alone = sets.filter(({ replicas }) => replicas.length === 0).length;
  const rows = sets.reduce((sum, { replicas }) => sum + replicas.length, Math.ceil(alone / countColumns(alone)));
  return Math.min(720, Math.max(240, rows * (nodeSize.height + 20) + 80));
}
