import type { Report } from '#contract/guest/reports.ts';
import type { Sample } from '#contract/resources/sample.ts';
import type { GuestFacts } from '#contract/status.ts';

export type SimulatedGuest = { instanceId: string; token: string };
export type Boot = { bootId: string; bootedAtMs: number };

/** A heartbeat such as a healthy PostgreSQL's agent sends: the numbers move, the state does not. */
export function simulateHeartbeat(guest: SimulatedGuest, boot: Boot, sequence: number, nowMs: number): Report {
  return {
    protocol: 1,
    instanceId: guest.instanceId,
    ...boot,
    sequence,
    sentAtMs: nowMs,
    body: { type: 'heartbeat', facts: simulateFacts(boot), sample: simulateSample(sequence, nowMs) },
  };
}

/** Running, accepting logins and writes. */
export function simulateFacts({ bootedAtMs }: Boot): GuestFacts {
  return {
    processState: 'running',
    acceptsLogins: true,
    acceptsWrites: true,
    restartRequired: false,
    role: 'standalone',
    version: '15.20',
    startedAtMs: bootedAtMs,
    restartedAtMs: null,
    crashedAtMs: null,
    recentCrashes: 0,
    volumeUsedBytes: 48 * 1024 ** 2,
    volumeState: 'ok',
    enforcement: { memory: 'advisory', cpu: 'advisory' },
    replication: null,
    lastError: null,
  };
}

function simulateSample(sequence: number, nowMs: number): Sample {
  return {
    atMs: nowMs,
    cpu: 0.04 + (sequence % 10) / 100,
    memoryBytes: 90 * 1024 ** 2 + (sequence % 64) * 4096,
    volumeUsedBytes: 48 * 1024 ** 2,
    metrics: {
      transactionsPerSecond: sequence % 97,
      connections: 6 + (sequence % 5),
      activeConnections: sequence % 3,
      cacheHitRatio: 0.99,
      databaseBytes: 24 * 1024 ** 2,
    },
  };
}
