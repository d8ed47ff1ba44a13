import type { ConfigurationGroup, ParameterValue } from '#contract/resources/configuration-group.ts';

/** One parameter of an instance's group: what the instance was given, and what the group says now. Undefined is "none". */
export type AppliedValue = { key: string; applied: ParameterValue | undefined; wanted: ParameterValue | undefined };
type Values = ConfigurationGroup['values'];

/** In the group's order, then what was taken out of it. Where nothing was written down, the group's values are all that is known. */
export function listApplied(wanted: Values, applied: Values | null): AppliedValue[] {
  const keys = new Set([...Object.keys(wanted), ...Object.keys(applied ?? {})]);
  return [...keys].map((key) => ({ key, applied: (applied ?? wanted)[key], wanted: wanted[key] }));
}
