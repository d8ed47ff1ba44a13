import { clsx } from 'clsx';
import { Plus } from 'lucide-react';
import { useHealth } from '#client/health.ts';
import { useDenial } from '#client/queries/me.ts';
import { OperationButton } from '#components/operations/operation-button.tsx';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { Go } from '#components/ui/go.tsx';
import { StatusMark } from '#components/ui/status-mark.tsx';
import { getDatastore, hasCapability } from '#contract/datastores/definitions.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { useLag } from './map-edge.tsx';
import type { ReplicationSet } from './replication-sets.ts';

/** The map in words: each source with its replicas beneath, and what can be done with them. */
export function MapList({ sets, chosenId }: { sets: readonly ReplicationSet[]; chosenId?: string }) {
  return (
    <ul className="divide-y divide-line">
      {sets.map(({ head, replicas }) => (
        <li key={head.id}>
          <Member instance={head} chosen={head.id === chosenId} />
          {replicas.length > 0 && (
            <ul aria-label={`Replicas of ${head.name}`} className="pb-1">
              {replicas.map((replica) => (
                <li key={replica.id}>
                  <Member instance={replica} chosen={replica.id === chosenId} />
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}

function Member({ instance, chosen }: { instance: Instance; chosen: boolean }) {
  const health = useHealth(instance);
  const isReplica = instance.role === 'replica';
  return (
    <div className={clsx('flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5', isReplica && 'pl-9', chosen && 'bg-selected')}>
      <span className="flex min-w-0 items-center gap-3">
        <Go href={`/instances/${instance.id}/replication`} className="truncate font-medium hover:text-accent hover:underline">
          {instance.name}
        </Go>
        <StatusMark tone={health.tone} label={health.label} className="shrink-0" />
      </span>
      {isReplica ? <LagWords replica={instance} /> : instance.role === 'source' && <Chip>source</Chip>}
      <span className="ml-auto flex gap-1.5">{isReplica ? <ReplicaActions replica={instance} /> : <AddReplica source={instance} />}</span>
    </div>
  );
}

function LagWords({ replica }: { replica: Instance }) {
  const lag = useLag(replica);
  return (
    <span className={clsx('num text-12', lag.tone === 'healthy' ? 'text-muted' : 'text-attention')}>
      <span className="sr-only">Behind its source: </span>
      {lag.words}
    </span>
  );
}

function ReplicaActions({ replica }: { replica: Instance }) {
  return (
    <>
      <OperationButton name="promote-replica" instance={replica} size="sm" icon={false}>
        Promote<span className="sr-only"> {replica.name}</span>
      </OperationButton>
      <OperationButton name="detach-replica" instance={replica} size="sm" look="quiet" icon={false}>
        Detach<span className="sr-only"> {replica.name}</span>
      </OperationButton>
    </>
  );
}

/** Leads to the new-instance page with the source filled in; the rest of its rules are asked there. */
export function AddReplica({ source, look }: { source: Instance; look?: 'primary' }) {
  const denial = useDenial('instance.create', source.projectId);
  const { title } = getDatastore(source.datastore);
  const incapable = hasCapability(source.datastore, 'replication') ? null : `${title} has no replicas here yet.`;
  const refusal = denial ?? incapable ?? (source.guest?.processState === 'running' ? null : 'The source is not running. Start it first.');
  const words = (
    <>
      Add replica<span className="sr-only"> of {source.name}</span>
    </>
  );
  const shape = { size: 'sm', icon: Plus, look: look ?? 'quiet' } as const;
  return refusal === null ? (
    <LinkButton {...shape} href={`/instances/new?from=replica:${source.id}`}>
      {words}
    </LinkButton>
  ) : (
    <Button {...shape} refusal={refusal}>
      {words}
    </Button>
  );
}
