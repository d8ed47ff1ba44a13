'use client';
import { formatBytes } from '#client/format.ts';
import { useHealth } from '#client/health.ts';
import { useInstance } from '#client/queries/instances.ts';
import { ActionsMenu } from '#components/operations/actions-menu.tsx';
import { OperationButton } from '#components/operations/operation-button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EngineMark } from '#components/ui/engine-mark.tsx';
import { Go } from '#components/ui/go.tsx';
import { PageHead } from '#components/ui/page-head.tsx';
import { StatusMark } from '#components/ui/status-mark.tsx';
import { hasCapability } from '#contract/datastores/definitions.ts';
import { getFlavor } from '#contract/flavors.ts';
import type { OperationName } from '#contract/operations/index.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { Heard } from './heard.tsx';
import { RestartedNote } from './restarted-note.tsx';

/** Name, state as mark and word, what it is, when it was last heard, and what to do about it. */
export function InstanceHead({ instance }: { instance: Instance }) {
  const health = useHealth(instance);
  const primary = choosePrimary(instance);
  return (
    <PageHead
      title={instance.name}
      facts={
        <>
          <StatusMark tone={health.tone} label={health.label} className="font-medium" />
          <RestartedNote instance={instance} />
          <EngineMark datastore={instance.datastore} version={instance.guest?.version ?? instance.version} />
          <Role instance={instance} />
          <span className="num whitespace-nowrap">
            {getFlavor(instance.flavorId).title} · {formatBytes(instance.volumeBytes)} volume
          </span>
          <Heard instance={instance} />
        </>
      }
      actions={
        <>
          <OperationButton name={primary.name} instance={instance} look={primary.urgent ? 'primary' : 'plain'} />
          <ActionsMenu instance={instance} />
        </>
      }
    />
  );
}

/** What a person most likely came for: the way out of what is wrong, else a backup. */
function choosePrimary({ guest, desiredState, datastore }: Instance): { name: OperationName; urgent: boolean } {
  if (guest?.processState === 'stopped' || guest?.processState === 'gave-up' || (guest !== null && desiredState === 'stopped'))
    return { name: 'start-instance', urgent: true };
  if (guest?.volumeState === 'read-only' || guest?.volumeState === 'alarm') return { name: 'resize-volume', urgent: true };
  if (guest?.restartRequired || (guest?.processState === 'not-answering' && !guest.busyWith))
    return { name: 'restart-instance', urgent: true };
  return { name: hasCapability(datastore, 'backup') ? 'create-backup' : 'restart-instance', urgent: false };
}

function Role({ instance }: { instance: Instance }) {
  const source = useInstance(instance.sourceId ?? instance.id).data;
  if (instance.role === 'standalone') return null;
  if (instance.role === 'source') return <Chip>source</Chip>;
  return (
    <span className="flex items-center gap-1.5">
      <Chip tone="replica">replica</Chip>
      {source !== undefined && source.id !== instance.id && (
        <>
          of
          <Go href={`/instances/${source.id}`} className="num text-accent hover:underline">
            {source.name}
          </Go>
        </>
      )}
    </span>
  );
}
