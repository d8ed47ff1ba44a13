import { formatBytes, formatNumber } from '#client/format.ts';
import { type Quota, type QuotaResource, quotaResources } from '#contract/quotas.ts';

export function formatAmount(resource: QuotaResource, amount: number): string {
  return quotaResources[resource].unit === 'bytes' ? formatBytes(amount) : formatNumber(amount);
}

const short: Record<QuotaResource, (amount: string, isOne: boolean) => string> = {
  instances: (amount, isOne) => `${amount} ${isOne ? 'instance' : 'instances'}`,
  ram: (amount) => `${amount} memory`,
  volumes: (amount) => `${amount} volume`,
  backups: (amount, isOne) => `${amount} ${isOne ? 'backup' : 'backups'}`,
};

/** "3 instances · 6 GB memory": what is left of the limits that there are; null where there are none. */
export function describeLeft(quotas: readonly Quota[], resources: readonly QuotaResource[]): string | null {
  const limited = quotas.filter(({ resource, limit }) => limit !== null && resources.includes(resource));
  if (limited.length === 0) return null;
  return limited
    .map(({ resource, limit, used }) => {
      const left = Math.max(0, (limit ?? 0) - used);
      return short[resource](formatAmount(resource, left), left === 1);
    })
    .join(' · ');
}
