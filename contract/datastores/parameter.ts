import type { ParameterValue } from '../resources/configuration-group.ts';
import type { DetailedDatastore, ParameterDefinition } from './datastore.ts';

/** Why a value is not taken, as a sentence; null when it is fine. Asked by the editor and again by the API. */
export function refuseParameter(definition: DetailedDatastore, key: string, value: ParameterValue): string | null {
  if (!Object.hasOwn(definition.parameters, key)) return `${definition.title} has no parameter ${key} that may be set here.`;
  const parameter = definition.parameters[key];
  return parameter === undefined ? null : refuseValue(parameter, value);
}

/** The first refusal of a whole group, with the parameter it is about; null when every value is fine. */
export function refuseParameters(
  definition: DetailedDatastore,
  values: Readonly<Record<string, ParameterValue>>,
): { key: string; sentence: string } | null {
  for (const [key, value] of Object.entries(values)) {
    const sentence = refuseParameter(definition, key, value);
    if (sentence !== null) return { key, sentence };
  }
  return null;
}

function refuseValue(parameter: ParameterDefinition, value: ParameterValue): string | null {
  switch (parameter.type) {
    case 'boolean':
      return typeof value === 'boolean' ? null : 'Choose on or off.';
    case 'enum':
      return typeof value === 'string' && parameter.values?.includes(value)
        ? null
        : `Choose one of: ${(parameter.values ?? []).join(', ')}.`;
    case 'string':
      return typeof value === 'string' && value.length > 0 && value.length <= 1000 && !/[\n\r\0]/.test(value)
        ? null
        : 'Write 1–1000 characters on one line.';
    case 'integer':
    case 'number':
      return refuseNumber(parameter, value);
  }
}

function refuseNumber(parameter: ParameterDefinition, value: ParameterValue): string | null {
  const unit = parameter.unit === undefined ? '' : ` in ${parameter.unit}`;
  if (typeof value !== 'number' || !Number.isFinite(value)) return `Write a number${unit}.`;
  if (parameter.type === 'integer' && !Number.isInteger(value)) return `Write a whole number${unit}.`;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = parameter;
  return value < min || value > max ? `Between ${describeBound(min)} and ${describeBound(max)}${unit}.` : null;
}

function describeBound(bound: number): string {
  return Number.isFinite(bound) ? bound.toLocaleString('en-GB') : 'any number';
}
