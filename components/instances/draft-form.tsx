import { formatBytes } from '#client/format.ts';
import { useConfigurationGroups } from '#client/queries/configuration-groups.ts';
import { VolumeField } from '#components/operations/volume-field.tsx';
import { ProjectField } from '#components/projects/project-field.tsx';
import { EngineMark } from '#components/ui/engine-mark.tsx';
import { Field, Input, Range, Select } from '#components/ui/field.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Switch } from '#components/ui/switch.tsx';
import type { Capability } from '#contract/datastores/datastore.ts';
import { getDatastore, hasCapability, hasNamedDatabases } from '#contract/datastores/definitions.ts';
import { FlavorId, flavors } from '#contract/flavors.ts';
import { Choice } from './choice.tsx';
import { fromBackup, fromSource, toVersion } from './draft.ts';
import { PointFields } from './point-fields.tsx';
import type { DraftDesk } from './use-draft.ts';

export type DraftFormProps = { desk: DraftDesk; faults: Record<string, string> };

/** The whole form on one page; only the name must be typed. */
export function DraftForm({ desk, faults }: DraftFormProps) {
  return (
    <div className="min-w-0 space-y-4">
      <Panel title="Instance">
        <div className="space-y-4">
          <What desk={desk} faults={faults} />
        </div>
      </Panel>
      <Panel title="Start from">
        <div className="space-y-4">
          <Origin desk={desk} />
        </div>
      </Panel>
      <Panel title="Size">
        <div className="grid gap-4 sm:grid-cols-2">
          <Size desk={desk} faults={faults} />
        </div>
      </Panel>
      <Panel title="Access">
        <div className="space-y-4">
          <Access desk={desk} faults={faults} />
        </div>
      </Panel>
    </div>
  );
}

function What({ desk: { draft, change, projects, offered }, faults }: DraftFormProps) {
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name" hint="Lower-case letters, digits and hyphens." error={draft.name === '' ? undefined : faults.name}>
          {(control) => (
            <Input
              {...control}
              mono
              autoFocus
              maxLength={63}
              placeholder="orders-db"
              value={draft.name}
              onChange={(event) => change({ name: event.target.value.toLowerCase() })}
            />
          )}
        </Field>
        <ProjectField
          projects={projects}
          value={draft.projectId}
          onChange={(projectId) => change({ projectId, from: { kind: 'empty' }, configurationGroupId: '' })}
        />
      </div>
      <Choice
        name="version"
        label="Engine"
        value={nameOffer(draft)}
        onChange={(chosen) => {
          const version = offered.find((candidate) => nameOffer(candidate) === chosen);
          if (version) change(toVersion(draft, version));
        }}
        options={offered.map((version) => ({
          value: nameOffer(version),
          title: <EngineMark datastore={version.datastore} version={version.version} />,
          note: `${version.full}, from ${version.origin}`,
          disabled: draft.from.kind !== 'empty' && nameOffer(version) !== nameOffer(draft),
        }))}
      />
    </>
  );
}

function nameOffer({ datastore, version }: { datastore: string; version: string }): string {
  return `${datastore} ${version}`;
}

function Origin({ desk: { draft, change, backups, sources, instances } }: { desk: DraftDesk }) {
  const choose = (kind: string) => {
    const [backup] = backups;
    const [source] = sources;
    if (kind === 'backup' && backup) change(fromBackup(draft, backup));
    else if (kind === 'replica' && source) change(fromSource(draft, source));
    else change({ from: { kind: 'empty' } });
  };
  const { from } = draft;
  const offer = (needs: Capability, count: number, note: string) =>
    hasCapability(draft.datastore, needs)
      ? { note: count === 0 ? 'None in this project yet' : note, disabled: count === 0 }
      : { note: `Not for ${getDatastore(draft.datastore).title} yet`, disabled: true };
  return (
    <>
      <Choice
        name="from"
        label="Data"
        quiet
        value={from.kind}
        onChange={choose}
        options={[
          { value: 'empty', title: 'Empty', note: 'A new database' },
          {
            value: 'backup',
            title: 'A backup',
            ...offer('backup', backups.length, 'Restored to this instance'),
          },
          ...(from.kind === 'point-in-time' ? [{ value: 'point-in-time', title: 'A point in time', note: 'As an instance was then' }] : []),
          {
            value: 'replica',
            title: 'Another instance',
            ...offer('replication', sources.length, 'A replica that follows it'),
          },
        ]}
      />
      {from.kind === 'backup' && (
        <Field label="Backup">
          {(control) => (
            <Select
              {...control}
              value={from.backupId}
              onChange={(event) => {
                const backup = backups.find((candidate) => candidate.id === event.target.value);
                if (backup) change(fromBackup(draft, backup));
              }}
            >
              {backups.map((backup) => (
                <option key={backup.id} value={backup.id}>
                  {backup.instanceName} · {backup.name} · {backup.createdAt.slice(0, 16).replace('T', ' ')} UTC ·{' '}
                  {backup.sizeBytes === null ? '' : formatBytes(backup.sizeBytes)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      {from.kind === 'point-in-time' && (
        <PointFields
          instanceId={from.instanceId}
          name={instances.find(({ id }) => id === from.instanceId)?.name ?? 'the instance'}
          atMs={from.atMs}
          onChange={(atMs) => change({ from: { ...from, atMs } })}
        />
      )}
      {from.kind === 'replica' && (
        <Field label="Source" hint="The replica copies it, then follows it. It takes reads, not writes.">
          {(control) => (
            <Select
              {...control}
              value={from.sourceId}
              onChange={(event) => {
                const source = sources.find((candidate) => candidate.id === event.target.value);
                if (source) change(fromSource(draft, source));
              }}
            >
              {sources.map((source) => (
                <option key={source.id} value={source.id}>
                  {source.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
    </>
  );
}

function Size({ desk: { draft, change }, faults }: DraftFormProps) {
  const at = flavors.findIndex((flavor) => flavor.id === draft.flavorId);
  return (
    <>
      <Field label="Flavor" note={`${at + 1} of ${flavors.length}`} error={faults.flavorId}>
        {(control) => (
          <div className="flex items-center gap-3">
            <Range
              aria-label="Flavor, coarse"
              min={0}
              max={flavors.length - 1}
              value={at}
              aria-valuetext={flavors[at]?.title}
              onChange={(event) => change({ flavorId: flavors[Number(event.target.value)]?.id ?? draft.flavorId })}
            />
            <Select
              {...control}
              className="w-40! shrink-0"
              value={draft.flavorId}
              onChange={(event) => change({ flavorId: FlavorId.parse(event.target.value) })}
            >
              {flavors.map((flavor) => (
                <option key={flavor.id} value={flavor.id}>
                  {flavor.title}
                </option>
              ))}
            </Select>
          </div>
        )}
      </Field>
      <VolumeField
        label="Volume"
        bytes={draft.volumeBytes}
        onChange={(volumeBytes) => change({ volumeBytes })}
        error={faults.volumeBytes}
      />
    </>
  );
}

function Access({ desk: { draft, change }, faults }: DraftFormProps) {
  const groups = (useConfigurationGroups().data?.items ?? []).filter(
    (group) => group.projectId === draft.projectId && group.datastore === draft.datastore,
  );
  const named = hasNamedDatabases(draft.datastore);
  return (
    <>
      {draft.from.kind === 'empty' && (
        <>
          <Switch checked={draft.accounts} onChange={(accounts) => change({ accounts })}>
            {named ? 'Create a first database and user' : 'Create a first user'}
          </Switch>
          {draft.accounts && (
            <div className="grid gap-4 sm:grid-cols-3">
              {named && (
                <Field label="Database" error={faults.databases}>
                  {(control) => (
                    <Input {...control} mono value={draft.database} onChange={(event) => change({ database: event.target.value })} />
                  )}
                </Field>
              )}
              <Field label="User" error={faults.users}>
                {(control) => <Input {...control} mono value={draft.user} onChange={(event) => change({ user: event.target.value })} />}
              </Field>
              <Field label="Password" hint="Left empty, one is generated; the connection card reveals it." error={faults.password}>
                {(control) => (
                  <Input
                    {...control}
                    type="password"
                    autoComplete="new-password"
                    placeholder="Generated"
                    value={draft.password}
                    onChange={(event) => change({ password: event.target.value })}
                  />
                )}
              </Field>
            </div>
          )}
        </>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Allowed networks" hint="Who may connect. Separate with commas." error={faults.allowedCidrs}>
          {(control) => <Input {...control} mono value={draft.cidrs} onChange={(event) => change({ cidrs: event.target.value })} />}
        </Field>
        <Field label="Configuration group">
          {(control) => (
            <Select
              {...control}
              value={draft.configurationGroupId}
              onChange={(event) => change({ configurationGroupId: event.target.value })}
            >
              <option value="">None: defaults for the flavor</option>
              {groups.map((group) => (
                <option key={group.id} value={group.id}>
                  {group.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </div>
    </>
  );
}
