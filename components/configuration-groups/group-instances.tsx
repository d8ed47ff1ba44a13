import { useHealth } from '#client/health.ts';
import { useInstances } from '#client/queries/instances.ts';
import { OperationButton } from '#components/operations/operation-button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { Go } from '#components/ui/go.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StatusMark } from '#components/ui/status-mark.tsx';
import type { ConfigurationGroup } from '#contract/resources/configuration-group.ts';
import type { Instance } from '#contract/resources/instance.ts';

/** Which instances have the group, and the button that makes its present values count there. */
export function GroupInstances({ group, unsaved }: { group: ConfigurationGroup; unsaved: boolean }) {
  const known = useInstances().data?.items ?? [];
  const instances = known.filter((instance) => group.instanceIds.includes(instance.id));
  return (
    <Panel title="Instances with this group" note={instances.length} flush>
      {instances.length === 0 ? (
        <p className="px-4 py-3 text-muted">None. Attach it on an instance’s Configuration tab.</p>
      ) : (
        <>
          <ul className="divide-y divide-line">
            {instances.map((instance) => (
              <Row key={instance.id} instance={instance} groupId={group.id} />
            ))}
          </ul>
          {unsaved && <p className="border-line border-t px-4 py-2 text-12 text-attention">Save first: applying takes the saved values.</p>}
        </>
      )}
    </Panel>
  );
}

function Row({ instance, groupId }: { instance: Instance; groupId: string }) {
  const health = useHealth(instance);
  return (
    <li className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-1.5">
      <Go href={`/instances/${instance.id}/configuration`} className="font-medium hover:text-accent hover:underline">
        {instance.name}
      </Go>
      <StatusMark tone={health.tone} label={health.label} />
      {instance.guest?.restartRequired && health.label !== 'Restart required' && <Chip tone="attention">restart required</Chip>}
      <span className="ml-auto flex gap-2">
        {instance.guest?.restartRequired && <OperationButton name="restart-instance" instance={instance} size="sm" />}
        <OperationButton name="apply-configuration" instance={instance} input={{ configurationGroupId: groupId }} size="sm">
          Apply to {instance.name}
        </OperationButton>
      </span>
    </li>
  );
}
