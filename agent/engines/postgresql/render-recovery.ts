import type { Settings } from './settings.ts';

/** For the time of the recovery nobody else connects, and no setting of the source's makes it stop. */
export function renderRecovery(recovery: NonNullable<Settings['recovery']>): Record<string, string | boolean> {
  return {
    // Everything it may ask for lies in pg_wal already.
    restore_command: 'false',
    recovery_target_timeline: 'current',
    recovery_target_action: 'promote',
    ...renderTarget(recovery),
    hot_standby: false,
    listen_addresses: '',
  };
}

function renderTarget({ atMs, isWhole, before }: NonNullable<Settings['recovery']>): Record<string, string | boolean> {
  if (before !== null) return { recovery_target_lsn: before, recovery_target_inclusive: false };
  if (isWhole) return {};
  return { recovery_target_time: new Date(atMs).toISOString().replace('T', ' ').replace('Z', '+00'), recovery_target_inclusive: true };
}
