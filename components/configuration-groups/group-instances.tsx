import { useState } from 'react';
import { useHealth } from '#client/health.ts';
import { useInstances } from '#client/queries/instances.ts';
import { OperationButton } from '#components/operations/operation-button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { Field, Select } from '#components/ui/field.tsx';
import { Go } from '#components/ui/go.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { StatusMark } from '#components/ui/status-mark.tsx';
import type { ConfigurationGroup } from '#contract/resources/configuration-group.ts';
import type { Instance } from '#contract/resources/instance.ts';

/** Which instances have the group, the button that makes its present values count there, and which others may have it. */
export function GroupInstances({ group, unsaved }: { group: ConfigurationGroup; unsaved: boolean }) {
  const known = useInstances().data?.items ?? [];
  const instances = known.filter((instance) => group.instanceIds.includes(instance.id));
  const others = known.filter(
    ({ id, datastore, projectId }) => datastore === group.datastore && projectId === group.projectId && !group.instanceIds.includes(id),
  );
  return (
    <Panel title="Instances with this group" note={instances.length} flush>
      {instances.length === 0 ? (
        <p className="px-4 py-3 text-muted">None.</p>
      ) : (
        <ul className="divide-y divide-line">
          {instances.map((instance) => (
            <Row key={instance.id} instance={instance} groupId={group.id} />
          ))}
        </ul>
      )}
      {others.length > 0 && <Another others={others} groupId={group.id} />}
      {unsaved && (instances.length > 0 || others.length > 0) && (
        <p className="border-line border-t px-4 py-2 text-12 text-attention">Save first: applying takes the saved values.</p>
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

/** Instances of its datastore and project that have another group or none. */
function Another({ others, groupId }: { others: readonly Instance[]; groupId: string }) {
  const [chosen, setChosen] = useState('');
  const instance = others.find(({ id }) => id === chosen) ?? others[0];
  if (instance === undefined) return null;
  return (
    <div className="flex flex-wrap items-end gap-3 border-line border-t px-4 py-3">
      <Field label="Another instance" className="w-72">
        {(control) => (
          <Select {...control} value={instance.id} onChange={(event) => setChosen(event.target.value)}>
            {others.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <OperationButton name="apply-configuration" instance={instance} input={{ configurationGroupId: groupId }}>
        Apply to {instance.name}
      </OperationButton>
    </div>
  );
}
