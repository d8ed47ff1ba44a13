import { useHealth } from '#client/health.ts';
import type { Health, Tone } from '#contract/health.ts';
import type { Instance } from '#contract/resources/instance.ts';

type Noticed = Health & { tone: Exclude<Tone, 'healthy' | 'stopped' | 'working'> };

/** What the notice above every tab says of the instance's health; null while it says something else, or nothing. */
export function useNoticedHealth(instance: Instance): Noticed | null {
  const { tone, ...words } = useHealth(instance);
  if (instance.operationId !== null || instance.unsettledRestoreId !== null) return null;
  return tone === 'healthy' || tone === 'stopped' || tone === 'working' ? null : { ...words, tone };
}
