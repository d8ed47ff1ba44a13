'use client';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useConfigurationGroupChanges } from '#client/queries/configuration-groups.ts';
import { useDenial } from '#client/queries/me.ts';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { EngineMark } from '#components/ui/engine-mark.tsx';
import { FaultNote } from '#components/ui/fault-note.tsx';
import { notify } from '#components/ui/notify.ts';
import { Panel } from '#components/ui/panel.tsx';
import { writeCount } from '#contract/count-text.ts';
import { getDetailedDatastore } from '#contract/datastores/details.ts';
import type { ConfigurationGroup } from '#contract/resources/configuration-group.ts';
import { AddParameter } from './add-parameter.tsx';
import { GroupInstances } from './group-instances.tsx';
import { countChanges, type Draft, findParameter, initialText, readDraft, toDraft } from './parameter-draft.ts';
import { ParameterRows } from './parameter-rows.tsx';

/** A group's parameters, and the instances that have it. Saving changes the group; applying changes an instance. */
export function GroupEditor({ group, onGone }: { group: ConfigurationGroup; onGone(): void }) {
  const definition = getDetailedDatastore(group.datastore);
  const { update, remove } = useConfigurationGroupChanges();
  const denial = useDenial('configuration-group.manage', group.projectId);
  const saved = toDraft(group.values);
  const [edited, setEdited] = useState<Draft | null>(null);
  const [deletes, setDeletes] = useState(false);
  const draft = edited ?? saved;
  const { values, faults } = readDraft(definition, draft);
  const changes = countChanges(saved, draft);
  const faulty = Object.keys(faults).length;

  const change = (key: string, value: string | null) => {
    const { [key]: _, ...rest } = draft;
    setEdited(value === null ? rest : { ...draft, [key]: value });
  };
  const save = () => {
    update.mutate(
      { id: group.id, values },
      {
        onSuccess: () => {
          setEdited(null);
          notify(
            group.instanceIds.length === 0 ? `Saved ${group.name}.` : `Saved ${group.name}. Apply it to its instances to make it count.`,
          );
        },
      },
    );
  };
  const closed =
    denial ??
    (changes === 0
      ? 'Nothing has changed.'
      : faulty > 0
        ? `${faulty} value${faulty === 1 ? ' is' : 's are'} not taken by ${definition.title}.`
        : null);

  return (
    <div className="grid grid-cols-1 gap-4">
      <Panel
        title={group.name}
        note={<EngineMark datastore={group.datastore} />}
        flush
        actions={
          <>
            {changes > 0 && (
              <Button size="sm" onClick={() => setEdited(null)}>
                Discard
              </Button>
            )}
            <Button size="sm" look="primary" refusal={closed} busy={update.isPending} onClick={save}>
              {changes === 0 ? 'Save' : `Save ${writeCount(changes, 'change')}`}
            </Button>
          </>
        }
      >
        {Object.keys(draft).length === 0 ? (
          <EmptyState title="No parameters yet" sentence="Instances with this group run with the values that come with their flavor." />
        ) : (
          <ParameterRows definition={definition} draft={draft} saved={saved} faults={faults} refusal={denial} onChange={change} />
        )}
        <div className="grid grid-cols-1 gap-3 border-line border-t px-4 py-3">
          <FaultNote error={update.error} />
          {denial !== null && <p className="text-12 text-muted">{denial}</p>}
          {denial === null && (
            <AddParameter
              definition={definition}
              taken={Object.keys(draft)}
              onAdd={(key) => {
                const parameter = findParameter(definition, key);
                if (parameter !== undefined) change(key, saved[key] ?? initialText(parameter));
              }}
            />
          )}
        </div>
      </Panel>
      <GroupInstances group={group} unsaved={changes > 0} />
      <div className="flex justify-end">
        <Button
          look="quiet"
          icon={Trash2}
          refusal={denial ?? (group.instanceIds.length > 0 ? 'Instances use it. Detach it from them first.' : null)}
          onClick={() => setDeletes(true)}
        >
          Delete group
        </Button>
      </div>
      <ConfirmDialog
        open={deletes}
        onOpenChange={setDeletes}
        title={`Delete ${group.name}`}
        verb={`Delete ${group.name}`}
        goes={['The group and its values.']}
        stays={['Every instance, with the values it runs with.']}
        run={async () => {
          await remove.mutateAsync(group.id);
          onGone();
        }}
      />
    </div>
  );
}
