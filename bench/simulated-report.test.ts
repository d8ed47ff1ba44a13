import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { Report } from '#contract/guest/reports.ts';
import { deriveOperatingStatus } from '#contract/status.ts';
import { simulateHeartbeat } from './simulated-report.ts';

it('sends what the contract calls a report, of a guest that is healthy', () => {
  const guest = { instanceId: randomUUID(), token: 'unused' };
  const report = simulateHeartbeat(guest, { bootId: randomUUID(), bootedAtMs: 1_000 }, 7, 5_000);
  const parsed = Report.parse(report);
  expect(parsed).toEqual(report);
  if (parsed.body.type !== 'heartbeat') throw new Error('not a heartbeat');
  const facts = {
    guest: parsed.body.facts,
    agentSeenAtMs: 5_000,
    heartbeatIntervalMs: 1_000,
    desiredState: 'running',
    runningStatus: null,
    errored: false,
  } as const;
  expect(deriveOperatingStatus(facts, 5_100)).toBe('HEALTHY');
});
