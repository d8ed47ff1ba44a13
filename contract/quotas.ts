import * as z from 'zod';

/** What a project may hold, by Trove's names; counts, and bytes (Trove's wire has MB for `ram`, GB for `volumes`). */
export const quotaResources = {
  instances: { title: 'Instances', one: 'instance', unit: 'count' },
  ram: { title: 'Memory of all instances', one: 'memory', unit: 'bytes' },
  volumes: { title: 'Volumes of all instances', one: 'volumes', unit: 'bytes' },
  backups: { title: 'Backups', one: 'backup', unit: 'count' },
} as const satisfies Record<string, { title: string; one: string; unit: 'count' | 'bytes' }>;
export type QuotaResource = keyof typeof quotaResources;
export const quotaNames = Object.keys(quotaResources) as [QuotaResource, ...QuotaResource[]];

/** Null is no limit. */
const QuotaLimit = z
  .number()
  .int('Use a whole number.')
  .min(0, 'A limit is 0 or more; null is none.')
  .max(Number.MAX_SAFE_INTEGER)
  .nullable();

/** `used` counts what operations under way are about to hold. `ceiling` is what an operator allowed: a project admin sets a limit up to it. */
export const Quota = z.object({
  resource: z.enum(quotaNames),
  used: z.number().int(),
  limit: QuotaLimit,
  ceiling: QuotaLimit,
});
export type Quota = z.infer<typeof Quota>;

/** What is left out stays as it is. */
export const QuotaLimits = z.partialRecord(z.enum(quotaNames), QuotaLimit);
export type QuotaLimits = z.infer<typeof QuotaLimits>;

export type Taken = Partial<Record<QuotaResource, number>>;

/**
 * Why a project cannot hold that much more; null when it can. Being over a limit already refuses only more of the same. `spare` is what it may
 * hold beyond its limits for this.
 */
export function refuseBeyond(quotas: readonly Quota[], taken: Taken, spare: Taken = {}): string | null {
  for (const { resource, limit, used } of quotas) {
    const more = taken[resource] ?? 0;
    if (limit === null || more <= 0 || used + more <= limit + (spare[resource] ?? 0)) continue;
    const { one, unit } = quotaResources[resource];
    const holds =
      unit === 'count'
        ? `holds ${used} of ${limit} ${limit === 1 ? one : `${one}s`}`
        : `holds ${inGb(used)} of ${inGb(limit)} GB of ${one}, and this takes ${inGb(more)} GB more`;
    return `The project ${holds}. Delete what is no longer needed, or ask for a higher quota.`;
  }
  return null;
}

/** Why a limit may not be set by somebody who is not an operator; null when it may. */
export function refuseLimit({ resource, ceiling }: Pick<Quota, 'resource' | 'ceiling'>, limit: number | null): string | null {
  if (ceiling === null || (limit !== null && limit <= ceiling)) return null;
  const { title, unit } = quotaResources[resource];
  return `${title}: an operator allows at most ${unit === 'count' ? ceiling : `${inGb(ceiling)} GB`}. Ask an operator for more.`;
}

function inGb(bytes: number): string {
  return String(Math.round((bytes / 2 ** 30) * 100) / 100);
}
