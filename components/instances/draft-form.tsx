import { useConfigurationGroups } from '#client/queries/configuration-groups.ts';
import { VolumeField } from '#components/operations/volume-field.tsx';
import { ProjectField } from '#components/projects/project-field.tsx';
import { EngineMark } from '#components/ui/engine-mark.tsx';
import { Field, Range, Select } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Switch } from '#components/ui/switch.tsx';
import { hasNamedDatabases } from '#contract/datastores/definitions.ts';
import { FlavorId, flavors } from '#contract/flavors.ts';
import { Choice } from './choice.tsx';
import { toVersion } from './draft.ts';
import { DraftOrigin } from './draft-origin.tsx';
import { DraftProtection } from './draft-protection.tsx';
import type { DraftFormProps } from './use-draft.ts';

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
          <DraftOrigin desk={desk} faults={faults} />
        </div>
      </Panel>
      <Panel title="Protection">
        <div className="space-y-4">
          <DraftProtection desk={desk} faults={faults} />
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
          onChange={(projectId) =>
            change({ projectId, from: { kind: 'empty' }, configurationGroupId: '', schedule: { ...draft.schedule, storage: 'default' } })
          }
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
        <Field
          label="Allowed networks"
          hint="Who may connect: 10.0.0.0/8, 10.1.%, 192.168.0.0/255.255.0.0 or one address. Separate with commas."
          error={faults.allowedCidrs}
        >
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
