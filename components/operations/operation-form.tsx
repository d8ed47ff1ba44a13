import { z } from 'zod';
import { useConfigurationGroups } from '#client/queries/configuration-groups.ts';
import { type ControlProps, Field, Input, Select } from '#components/ui/field.tsx';
import { flavors } from '#contract/flavors.ts';
import type { OperationDefinition } from '#contract/operations/operation.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { VolumeField } from './volume-field.tsx';

export type FormProps = {
  definition: OperationDefinition;
  keys: readonly string[];
  instance: Instance | null;
  value: Record<string, unknown>;
  onChange(value: Record<string, unknown>): void;
  faults: Record<string, string>;
};

/** The fields a definition's input schema asks for, drawn by kind: a new input needs no new form. */
export function OperationForm({ definition, keys, instance, value, onChange, faults }: FormProps) {
  return keys.map((key, index) => {
    const schema = shapeOf(definition)[key];
    const meta = (schema?.meta() ?? {}) as { title?: string; unit?: string };
    const set = (next: unknown) => onChange({ ...value, [key]: next });
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
      <Field key={key} label={meta.title ?? key} error={faults[key]}>
        {(control) => (
          <Control control={control} name={key} schema={schema} instance={instance} value={value[key]} onChange={set} first={index === 0} />
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
  onChange(value: unknown): void;
  first: boolean;
};

function Control({ control, name, schema, instance, value, onChange, first }: ControlInput) {
  if (name === 'configurationGroupId') return <GroupSelect control={control} instance={instance} value={value} onChange={onChange} />;
  if (schema instanceof z.ZodEnum) {
    return (
      <Select {...control} autoFocus={first} value={String(value ?? '')} onChange={(event) => onChange(event.target.value)}>
        {schema.options.map((option) => (
          <option key={option} value={option}>
            {flavors.find((flavor) => flavor.id === option)?.title ?? option}
            {option === instance?.flavorId ? ' (now)' : ''}
          </option>
        ))}
      </Select>
    );
  }
  return <Input {...control} mono autoFocus={first} value={String(value ?? '')} onChange={(event) => onChange(event.target.value)} />;
}

function GroupSelect({ control, instance, value, onChange }: Omit<ControlInput, 'name' | 'schema' | 'first'>) {
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

function shapeOf(definition: OperationDefinition): Record<string, z.ZodType> {
  return definition.input instanceof z.ZodObject ? (definition.input.shape as Record<string, z.ZodType>) : {};
}

/** The inputs a person still has to give: not those the intent brings, nor the typed name, which the dialog asks for itself. */
export function inputKeys(definition: OperationDefinition, given: Record<string, unknown>): string[] {
  return Object.keys(shapeOf(definition)).filter((key) => key !== 'confirmName' && !(key in given));
}

/** What a form begins with: what the instance has now, so that the person changes one thing. */
export function initialInput(keys: readonly string[], instance: Instance | null): Record<string, unknown> {
  const now: Record<string, unknown> = {
    flavorId: instance?.flavorId,
    volumeBytes: instance === null ? undefined : instance.volumeBytes * 2,
    configurationGroupId: instance?.configurationGroupId ?? null,
    name: instance?.name,
  };
  return Object.fromEntries(keys.map((key) => [key, now[key]]));
}
