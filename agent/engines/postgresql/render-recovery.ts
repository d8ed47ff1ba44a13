import type { Settings } from './settings.ts';

/** For the time of the recovery nobody else connects, and no setting of the source's makes it stop. */
export function renderRecovery({ atMs, isWhole }: NonNullable<Settings['recovery']>): Record<string, string | boolean> {
  return {
    // Everything it may ask for lies in pg_wal already.
    restore_command: 'false',
    recovery_target_timeline: 'current',
    recovery_target_action: 'promote',
    ...(isWhole
      ? {}
      : { recovery_target_time: new Date(atMs).toISOString().replace('T', ' ').replace('Z', '+00'), recovery_target_inclusive: true }),
    hot_standby: false,
    listen_addresses: '',
  };
}
