import type { Tone } from '#contract/health.ts';
import type { ConnectionState } from '#contract/resources/connection.ts';

export const connectionStates: Readonly<Record<ConnectionState, { label: string; tone: Tone }>> = {
  active: { label: 'Active', tone: 'healthy' },
  waiting: { label: 'Waiting', tone: 'broken' },
  'idle-in-transaction': { label: 'Idle in transaction', tone: 'attention' },
  idle: { label: 'Idle', tone: 'stopped' },
};
