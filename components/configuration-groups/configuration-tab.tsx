'use client';
import { Plus, SlidersHorizontal } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useConfigurationGroups } from '#client/queries/configuration-groups.ts';
import { useDenial } from '#client/queries/me.ts';
import { OperationButton } from '#components/operations/operation-button.tsx';
import { Button } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Field, Select } from '#components/ui/field.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { getDatastore } from '#contract/datastores/definitions.ts';
import type { ConfigurationGroup } from '#contract/resources/configuration-group.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { AttachedGroup } from './attached-group.tsx';
import { CreateGroupDialog } from './create-group-dialog.tsx';

export function ConfigurationTab({ instance }: { instance: Instance }) {
  const groups = useConfigurationGroups();
  return (
    <Loaded
      query={groups}
      what="The list of configuration groups"
      framed
      skeleton={
        <Panel flush>
          <SkeletonRows rows={5} label="Reading configuration groups" />
        </Panel>
      }
    >
      {({ items }) => {
        const fitting = items.filter((group) => group.datastore === instance.datastore && group.projectId === instance.projectId);
        const attached = fitting.find((group) => group.id === instance.configurationGroupId) ?? null;
        return (
          <div className="grid grid-cols-1 gap-4">
            {attached !== null && <AttachedGroup instance={instance} group={attached} />}
            <Choose instance={instance} groups={fitting.filter((group) => group.id !== attached?.id)} attached={attached} />
          </div>
        );
      }}
    </Loaded>
  );
}

function Choose({
  instance,
  groups,
  attached,
}: {
  instance: Instance;
  groups: readonly ConfigurationGroup[];
  attached: ConfigurationGroup | null;
}) {
  const [chosen, setChosen] = useState('');
  const id = groups.some((group) => group.id === chosen) ? chosen : (groups[0]?.id ?? null);
  if (id === null) {
    return attached === null ? <NoneFits instance={instance} /> : null;
  }
  return (
    <Panel title={attached === null ? 'No configuration group is attached' : 'Attach another group'}>
      <div className="flex flex-wrap items-end gap-3">
        <Field label="Configuration group" className="w-72">
          {(control) => (
            <Select {...control} value={id} onChange={(event) => setChosen(event.target.value)}>
              {groups.map((group) => (
                <option key={group.id} value={group.id}>
                  {group.name} ({Object.keys(group.values).length})
                </option>
              ))}
            </Select>
          )}
        </Field>
        <OperationButton
          name="apply-configuration"
          instance={instance}
          input={{ configurationGroupId: id }}
          look={attached === null ? 'primary' : 'plain'}
        >
          Apply to {instance.name}
        </OperationButton>
      </div>
    </Panel>
  );
}

function NoneFits({ instance: { datastore, projectId } }: { instance: Instance }) {
  const router = useRouter();
  const [creates, setCreates] = useState(false);
  const denial = useDenial('configuration-group.manage', projectId);
  return (
    <Panel>
      <EmptyState
        icon={SlidersHorizontal}
        title="No configuration group fits"
        sentence={`There is none for ${getDatastore(datastore).title} in this project. The instance runs with the values that come with its flavor.`}
        action={
          <Button look="primary" icon={Plus} refusal={denial} onClick={() => setCreates(true)}>
            New group
          </Button>
        }
      />
      <CreateGroupDialog
        open={creates}
        onOpenChange={setCreates}
        onCreated={(id) => router.push(`/configuration?group=${id}`)}
        fit={{ datastore, projectId }}
      />
    </Panel>
  );
}
