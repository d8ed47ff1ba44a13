import * as z from 'zod';
import { formatExact } from '#client/format.ts';
import { useBackups } from '#client/queries/backups.ts';
import { useDatastoreVersions } from '#client/queries/catalogue.ts';
import { useConfigurationGroups } from '#client/queries/configuration-groups.ts';
import { useStorageTargets } from '#client/queries/storage-targets.ts';
import { StorageSelect } from '#components/storage/storage-select.tsx';
import { type ControlProps, Field, Select } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { hasCapability } from '#contract/datastores/definitions.ts';
import { getDatastore } from '#contract/datastores/index.ts';
import { flavors } from '#contract/flavors.ts';
import type { OperationName } from '#contract/operations/index.ts';
import type { OperationDefinition } from '#contract/operations/operation.ts';
import type { Backup } from '#contract/resources/backup.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { listUpgrades } from '#contract/upgrades.ts';
import { VolumeField } from './volume-field.tsx';

export type FormProps = {
  definition: OperationDefinition;
  keys: readonly string[];
  instance: Instance | null;
  value: Record<string, unknown>;
  onChange(value: Record<string, unknown>): void;
  faults: Record<string, string>;
  /** Not where the dialog begins. */
  follows?: boolean;
};

/** The fields a definition's input schema asks for, drawn by kind: a new input needs no new form. */
export function OperationForm({ definition, keys, instance, value, onChange, faults, follows = false }: FormProps) {
  return keys.map((key, index) => {
    const schema = shapeOf(definition)[key];
    const meta = (schema?.meta() ?? {}) as { title?: string; unit?: string };
    // What is added to another lies where that one does.
    const beside = key === 'parentId' && 'storage' in value ? { storage: 'default' } : {};
    const set = (next: unknown) => onChange({ ...value, ...beside, [key]: next });
    if (meta.unit === 'bytes') {
      return (
        <VolumeField
          key={key}
          label={meta.title ?? key}
          bytes={Number(value[key] ?? 0)}
          onChange={set}
          now={instance?.volumeBytes}
          error={faults[key]}
        />
      );
    }
    return (
      <Field
        key={key}
        label={meta.title ?? key}
        error={faults[key]}
        hint={key === 'parentId' && instance !== null ? <IncrementHint instance={instance} /> : undefined}
      >
        {(control) => (
          <Control
            control={control}
            name={key}
            schema={schema}
            instance={instance}
            value={value[key]}
            parentId={value.parentId}
            onChange={set}
            first={index === 0 && !follows}
          />
        )}
      </Field>
    );
  });
}

type ControlInput = {
  control: ControlProps;
  name: string;
  schema: unknown;
  instance: Instance | null;
  value: unknown;
  /** What the backup adds to, where it does. */
  parentId: unknown;
  onChange(value: unknown): void;
  first: boolean;
};

type Chosen = Pick<ControlInput, 'control' | 'instance' | 'value' | 'onChange'>;

function Control({ control, name, schema, instance, value, parentId, onChange, first }: ControlInput) {
  if (name === 'configurationGroupId') return <GroupSelect control={control} instance={instance} value={value} onChange={onChange} />;
  if (name === 'backupId') return <BackupSelect control={control} instance={instance} value={value} onChange={onChange} first={first} />;
  if (name === 'parentId') return <ParentSelect control={control} instance={instance} value={value} onChange={onChange} />;
  if (name === 'storage' && instance !== null)
    return typeof parentId === 'string' ? (
      <PlaceOfParent control={control} instance={instance} parentId={parentId} />
    ) : (
      <StorageSelect control={control} projectId={instance.projectId} value={String(value)} onChange={onChange} />
    );
  if (name === 'version') return <VersionSelect control={control} instance={instance} value={value} onChange={onChange} />;
  if (schema instanceof z.ZodEnum) {
    const titles = ((schema.meta() ?? {}) as { titles?: Record<string, string> }).titles ?? {};
    return (
      <Select {...control} autoFocus={first} value={String(value ?? '')} onChange={(event) => onChange(event.target.value)}>
        {value === '' && <option value="">Choose</option>}
        {schema.options.map((option) => (
          <option key={option} value={option}>
            {titles[option] ?? flavors.find((flavor) => flavor.id === option)?.title ?? option}
            {option === instance?.flavorId ? ' (now)' : ''}
          </option>
        ))}
      </Select>
    );
  }
  return <Input {...control} mono autoFocus={first} value={String(value ?? '')} onChange={(event) => onChange(event.target.value)} />;
}

function GroupSelect({ control, instance, value, onChange }: Chosen) {
  const groups = (useConfigurationGroups().data?.items ?? []).filter(
    (group) => group.projectId === instance?.projectId && group.datastore === instance.datastore,
  );
  return (
    <Select
      {...control}
      value={value === null ? '' : String(value ?? '')}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
    >
      <option value="">None: detach and return to defaults</option>
      {groups.map((group) => (
        <option key={group.id} value={group.id}>
          {group.name} ({Object.keys(group.values).length} parameters){group.id === instance?.configurationGroupId ? ', attached' : ''}
        </option>
      ))}
    </Select>
  );
}

/** What the host has that is newer than what runs. */
function VersionSelect({ control, instance, value, onChange }: Chosen) {
  const installed = useDatastoreVersions().data?.items ?? [];
  const upgrades = instance === null ? [] : listUpgrades(instance, installed);
  return (
    <Select {...control} value={String(value ?? '')} onChange={(event) => onChange(event.target.value)}>
      <option value="">Choose a version</option>
      {upgrades.map(({ version, full, kind }) => (
        <option key={version} value={version}>
          {instance !== null && `${getDatastore(instance.datastore).title} `}
          {full}
          {kind === 'minor' ? `, newer programs of ${version}` : ''}
        </option>
      ))}
    </Select>
  );
}

/** Everything, or only what changed since a complete backup: the newest first, which makes the smallest one. */
function ParentSelect({ control, instance, value, onChange }: Chosen) {
  const parents = useParents(instance).slice(0, 50);
  return (
    <Select
      {...control}
      disabled={parents.length === 0}
      value={value === null ? '' : String(value ?? '')}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
    >
      <option value="">Everything: a full backup</option>
      {parents.map((parent) => (
        <option key={parent.id} value={parent.id}>
          What changed since {parent.name}
        </option>
      ))}
    </Select>
  );
}

function useParents(instance: Instance | null): Backup[] {
  const backups = useBackups(instance === null ? {} : { instance: instance.id }).data?.items ?? [];
  if (instance === null || getDatastore(instance.datastore).incrementalBackups !== true) return [];
  const since = instance.dataSince ?? '';
  return backups.filter(({ state, version, createdAt }) => state === 'COMPLETED' && version === instance.version && createdAt >= since);
}

/** Why there is nothing but a full one to choose. */
function IncrementHint({ instance }: { instance: Instance }) {
  const parents = useParents(instance);
  const { title, incrementalBackups } = getDatastore(instance.datastore);
  if (incrementalBackups !== true)
    return `Every backup of ${title} is a full one here.${hasCapability(instance.datastore, 'archive') ? ' What is written between two goes to the continuous archive, from which any moment is restored.' : ''}`;
  return parents.length > 0
    ? 'What changed since another is restored together with that one.'
    : 'Once there is a complete backup of its present data and version, another can store only what changed since.';
}

/** There is nothing to choose. */
function PlaceOfParent({ control, instance, parentId }: { control: ControlProps; instance: Instance; parentId: string }) {
  const parent = useBackups({ instance: instance.id }).data?.items.find(({ id }) => id === parentId);
  const target = useStorageTargets().data?.items.find(({ id }) => id === parent?.storageTargetId);
  return (
    <Select {...control} disabled value="">
      <option value="">
        Where {parent?.name ?? 'that one'} lies: {target?.name ?? 'local directory'}
      </option>
    </Select>
  );
}

/** The instance's own complete ones, newest first, with what is known of their being restorable. */
function BackupSelect({ control, instance, value, onChange, first }: Chosen & Pick<ControlInput, 'first'>) {
  const backups = useBackups(instance === null ? {} : { instance: instance.id }).data?.items ?? [];
  return (
    <Select {...control} autoFocus={first} value={String(value ?? '')} onChange={(event) => onChange(event.target.value)}>
      <option value="">Choose a backup</option>
      {backups
        .filter((backup) => backup.state === 'COMPLETED')
        .slice(0, 200)
        .map((backup) => (
          <option key={backup.id} value={backup.id}>
            {backup.name}, {formatExact(backup.createdAt)}
            {backup.proof?.state === 'proved' ? ', proved' : backup.proof?.state === 'failed' ? ', proof failed' : ''}
          </option>
        ))}
    </Select>
  );
}

function shapeOf(definition: OperationDefinition): Record<string, z.ZodType> {
  return definition.input instanceof z.ZodObject ? (definition.input.shape as Record<string, z.ZodType>) : {};
}

/** Whether an input is asked for behind everything else: what hardly anybody gives. */
export function isLast(definition: OperationDefinition, key: string): boolean {
  return (shapeOf(definition)[key]?.meta() as { isLast?: boolean } | undefined)?.isLast === true;
}

/** The inputs a person still has to give: not those the intent brings, nor the typed name. */
export function inputKeys(definition: OperationDefinition, given: Record<string, unknown>): string[] {
  return Object.keys(shapeOf(definition)).filter((key) => key !== 'confirmName' && !(key in given));
}

/** What a form begins with: what the instance has now, so that the person changes one thing. */
export function initialInput(operation: OperationName, keys: readonly string[], instance: Instance | null): Record<string, unknown> {
  const now: Record<string, unknown> = {
    flavorId: instance?.flavorId,
    volumeBytes: instance === null ? undefined : instance.volumeBytes * 2,
    configurationGroupId: instance?.configurationGroupId ?? null,
    name: instance === null ? undefined : suggestName(operation, instance.name),
    parentId: null,
    storage: 'default',
    backupId: '',
    version: '',
    override: '',
    keep: '',
  };
  return Object.fromEntries(keys.map((key) => [key, now[key]]));
}

/** A clone stands beside it and needs a name of its own; a backup stands among others of the same instance. */
function suggestName(operation: OperationName, name: string): string {
  if (operation === 'clone-instance') return `${name}-clone`.slice(0, 63);
  if (operation !== 'create-backup') return name;
  const minute = new Date().toISOString().slice(0, 16).replace(/[-:]/g, '').replace('T', '-');
  return `${name.slice(0, 49)}-${minute}`;
}
