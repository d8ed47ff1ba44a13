'use client';
import { Plus, SlidersHorizontal } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useConfigurationGroups } from '#client/queries/configuration-groups.ts';
import { useDenial } from '#client/queries/me.ts';
import { OperationButton } from '#components/operations/operation-button.tsx';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Field, Select } from '#components/ui/field.tsx';
import { Go } from '#components/ui/go.tsx';
import { Loaded } from '#components/ui/loaded.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { SkeletonRows } from '#components/ui/skeleton.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import { writeCount } from '#contract/count-text.ts';
import { getDatastore } from '#contract/datastores/definitions.ts';
import { getDetailedDatastore } from '#contract/datastores/details.ts';
import type { ConfigurationGroup } from '#contract/resources/configuration-group.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { CreateGroupDialog } from './create-group-dialog.tsx';
import { findParameter } from './parameter-draft.ts';

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
            {attached !== null && <Attached instance={instance} group={attached} />}
            <Choose instance={instance} groups={fitting.filter((group) => group.id !== attached?.id)} attached={attached} />
          </div>
        );
      }}
    </Loaded>
  );
}

function Attached({ instance, group }: { instance: Instance; group: ConfigurationGroup }) {
  const definition = getDetailedDatastore(group.datastore);
  const entries = Object.entries(group.values);
  return (
    <Panel
      title={
        <Go href={`/configuration?group=${group.id}`} className="hover:text-accent hover:underline">
          {group.name}
        </Go>
      }
      note={
        <>
          {writeCount(entries.length, 'parameter')}
          {instance.guest?.restartRequired && (
            <Chip tone="attention" className="ml-2">
              restart required
            </Chip>
          )}
        </>
      }
      flush
      actions={
        <>
          <OperationButton name="apply-configuration" instance={instance} input={{ configurationGroupId: null }} size="sm" look="quiet">
            Detach
          </OperationButton>
          <OperationButton name="apply-configuration" instance={instance} input={{ configurationGroupId: group.id }} size="sm">
            Apply again
          </OperationButton>
          <LinkButton href={`/configuration?group=${group.id}`} size="sm">
            Change values
          </LinkButton>
        </>
      }
    >
      {entries.length === 0 ? (
        <EmptyState title="The group has no parameters" sentence="The instance runs with the values that come with its flavor." />
      ) : (
        <Table caption={`Parameters of ${group.name}`}>
          <thead>
            <tr>
              <HeadCell>Parameter</HeadCell>
              <HeadCell numeric>Value</HeadCell>
              <HeadCell>Takes effect</HeadCell>
            </tr>
          </thead>
          <tbody>
            {entries.map(([key, value]) => {
              const parameter = findParameter(definition, key);
              return (
                <TableRow key={key}>
                  <Cell>
                    <span className="num">{key}</span>
                    <span className="block text-12 text-muted">{parameter?.title}</span>
                    {value === true && parameter?.warning !== undefined && (
                      <span className="block max-w-180 text-12 text-attention">{parameter.warning}</span>
                    )}
                  </Cell>
                  <Cell numeric>
                    {value === true ? 'on' : value === false ? 'off' : String(value)}
                    {parameter?.unit !== undefined && <span className="text-faint"> {parameter.unit}</span>}
                  </Cell>
                  <Cell>
                    {parameter?.needsRestart ? (
                      <Chip tone="attention">at the next restart</Chip>
                    ) : (
                      <span className="text-muted">at once</span>
                    )}
                  </Cell>
                </TableRow>
              );
            })}
          </tbody>
        </Table>
      )}
    </Panel>
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
