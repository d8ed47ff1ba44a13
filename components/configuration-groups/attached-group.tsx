import { OperationButton } from '#components/operations/operation-button.tsx';
import { LinkButton } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Go } from '#components/ui/go.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import { writeCount } from '#contract/count-text.ts';
import type { ParameterDefinition } from '#contract/datastores/datastore.ts';
import { getDetailedDatastore } from '#contract/datastores/details.ts';
import type { ConfigurationGroup, ParameterValue } from '#contract/resources/configuration-group.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { type AppliedValue, listApplied } from './applied-values.ts';
import { findParameter } from './parameter-draft.ts';

/** The group an instance has: the values it was given, and where the group says something else by now. */
export function AttachedGroup({ instance, group }: { instance: Instance; group: ConfigurationGroup }) {
  const definition = getDetailedDatastore(group.datastore);
  const entries = listApplied(group.values, instance.appliedValues);
  const changed = entries.filter(({ applied, wanted }) => applied !== wanted).length;
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
          {changed > 0 && (
            <Chip tone="attention" className="ml-2">
              {changed} changed since
            </Chip>
          )}
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
      {changed > 0 && (
        <p className="border-line border-b px-4 py-2 text-attention">
          The group was changed after it was applied to {instance.name}, which keeps the values it was given. Apply it again to give it the
          new ones.
        </p>
      )}
      {instance.appliedValues === null && (
        <p className="border-line border-b px-4 py-2 text-muted">
          These are the values of the group. Which of them {instance.name} was given was not recorded then; apply it again to be sure.
        </p>
      )}
      {entries.length === 0 ? (
        <EmptyState title="The group has no parameters" sentence="The instance runs with the values that come with its flavor." />
      ) : (
        <Table caption={`Parameters of ${group.name}`}>
          <thead>
            <tr>
              <HeadCell>Parameter</HeadCell>
              <HeadCell numeric>Applied value</HeadCell>
              <HeadCell>Takes effect</HeadCell>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <Parameter key={entry.key} entry={entry} definition={findParameter(definition, entry.key)} />
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

function Parameter({ entry: { key, applied, wanted }, definition }: { entry: AppliedValue; definition: ParameterDefinition | undefined }) {
  const unit = definition?.unit;
  return (
    <TableRow>
      <Cell>
        <span className="num">{key}</span>
        <span className="block text-12 text-muted">{definition?.title}</span>
        {applied === true && definition?.warning !== undefined && (
          <span className="block max-w-180 text-12 text-attention">{definition.warning}</span>
        )}
      </Cell>
      <Cell numeric>
        <Value value={applied} unit={unit} />
        {applied !== wanted && (
          <span className="block text-12 text-attention">
            {wanted === undefined ? (
              'no longer in the group'
            ) : (
              <>
                the group says <Value value={wanted} unit={unit} />
              </>
            )}
          </span>
        )}
      </Cell>
      <Cell>
        {definition?.needsRestart ? <Chip tone="attention">at the next restart</Chip> : <span className="text-muted">at once</span>}
      </Cell>
    </TableRow>
  );
}

function Value({ value, unit }: { value: ParameterValue | undefined; unit: string | undefined }) {
  if (value === undefined) return <span className="text-muted">not applied</span>;
  return (
    <>
      {value === true ? 'on' : value === false ? 'off' : String(value)}
      {unit !== undefined && <span className="text-faint"> {unit}</span>}
    </>
  );
}
