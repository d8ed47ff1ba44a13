import type { DetailedDatastore, ParameterDefinition } from '#contract/datastores/datastore.ts';
import { refuseParameter } from '#contract/datastores/parameter.ts';
import type { ParameterValue } from '#contract/resources/configuration-group.ts';

/** Values as they are typed: text until they are read as the parameter's type. */
export type Draft = Readonly<Record<string, string>>;

export function toDraft(values: Readonly<Record<string, ParameterValue>>): Draft {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}

/** What the text means for this parameter; a number that is none stays text, and is refused as such. */
export function readValue(parameter: ParameterDefinition | undefined, text: string): ParameterValue {
  if (parameter?.type === 'boolean') return text === 'true';
  if (parameter?.type === 'integer' || parameter?.type === 'number') {
    const value = Number(text.trim().replaceAll(/[\s\u202f_]/g, ''));
    return text.trim() === '' || Number.isNaN(value) ? text : value;
  }
  return text;
}

export type ReadDraft = { values: Record<string, ParameterValue>; faults: Record<string, string> };

/** The values, and beside each parameter why it is refused. */
export function readDraft(definition: DetailedDatastore, draft: Draft): ReadDraft {
  const values: Record<string, ParameterValue> = {};
  const faults: Record<string, string> = {};
  for (const [key, text] of Object.entries(draft)) {
    const value = readValue(findParameter(definition, key), text);
    values[key] = value;
    const fault = refuseParameter(definition, key, value);
    if (fault !== null) faults[key] = fault;
  }
  return { values, faults };
}

/** A value to begin with when a parameter is added. */
export function initialText(parameter: ParameterDefinition): string {
  switch (parameter.type) {
    case 'boolean':
      return 'true';
    case 'enum':
      return parameter.values?.[0] ?? '';
    default:
      return '';
  }
}

export function findParameter(definition: DetailedDatastore, key: string): ParameterDefinition | undefined {
  return Object.hasOwn(definition.parameters, key) ? definition.parameters[key] : undefined;
}

/** How many parameters differ: changed, added or taken out. */
export function countChanges(saved: Draft, draft: Draft): number {
  return [...new Set([...Object.keys(saved), ...Object.keys(draft)])].filter((key) => saved[key] !== draft[key]).length;
}
