import type { GuestFacts } from './facts.ts';

/** What the agent of a healthy database says, an hour after it began. */
export const healthyFacts: GuestFacts = {
  processState: 'running',
  acceptsLogins: true,
  acceptsWrites: true,
  restartRequired: false,
  role: 'standalone',
  version: '15.20',
  startedAtMs: 1_799_996_400_000,
  restartedAtMs: null,
  crashedAtMs: null,
  recentCrashes: 0,
  volumeUsedBytes: 1,
  volumeState: 'ok',
  enforcement: { memory: 'advisory', cpu: 'advisory' },
  replication: null,
  lastError: null,
};
