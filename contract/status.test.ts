import { describe, expect, test } from 'vitest';
import { healthyFacts } from './guest/healthy-facts.testsuite.ts';
import {
  deriveInstanceStatus,
  deriveOperatingStatus,
  describeHealth,
  type GuestFacts,
  instanceStatuses,
  isSilent,
  operatingStatuses,
  type StatusFacts,
} from './status.ts';

const now = 1_800_000_000_000;
const guest: GuestFacts = { ...healthyFacts, startedAtMs: now - 60_000 };
const well: StatusFacts = {
  guest,
  agentSeenAtMs: now - 500,
  heartbeatIntervalMs: 1000,
  desiredState: 'running',
  runningStatus: null,
  errored: false,
};
const given = (facts: Partial<GuestFacts>, rest: Partial<StatusFacts> = {}): StatusFacts => ({
  ...well,
  guest: { ...guest, ...facts },
  ...rest,
});

describe('what the agent sees', () => {
  test.each([
    ['HEALTHY', well],
    ['UNKNOWN', { ...well, agentSeenAtMs: now - 3001 }],
    ['NEW', { ...well, guest: null }],
    ['BUILDING', { ...well, guest: null, runningStatus: 'BUILD' }],
    ['BUILDING', given({ processState: 'starting' })],
    ['SHUTDOWN', given({ processState: 'stopped' })],
    ['CRASHED', given({ processState: 'crashed' })],
    ['FAILED', given({ processState: 'gave-up' })],
    ['BLOCKED', given({ processState: 'not-answering' })],
    ['BLOCKED', given({ acceptsLogins: false })],
    ['RUNNING', given({ acceptsWrites: false })],
    ['HEALTHY', given({ acceptsWrites: false, role: 'replica' })],
    ['RESTART_REQUIRED', given({ restartRequired: true })],
  ] as const)('%s', (expected, facts) => {
    expect(deriveOperatingStatus(facts, now)).toBe(expected);
  });

  test('an agent is silent after three of its own intervals, not before', () => {
    expect(isSilent({ agentSeenAtMs: now - 3000, heartbeatIntervalMs: 1000 }, now)).toBe(false);
    expect(isSilent({ agentSeenAtMs: now - 3001, heartbeatIntervalMs: 1000 }, now)).toBe(true);
    expect(isSilent({ agentSeenAtMs: now - 3001, heartbeatIntervalMs: 2000 }, now)).toBe(false);
  });
});

describe('what the owner sees', () => {
  test('a running operation has the word', () => {
    expect(deriveInstanceStatus({ ...well, runningStatus: 'RESIZE' }, now)).toBe('RESIZE');
  });
  test('an instance that needs a person is never green', () => {
    expect(deriveInstanceStatus({ ...well, errored: true }, now)).toBe('ERROR');
  });
  test('a silent agent is never green', () => {
    expect(describeHealth({ ...well, agentSeenAtMs: now - 10_000 }, now).tone).toBe('unknown');
  });
  test('an agent that did not come back in minutes is not said to be on its way', () => {
    expect(describeHealth({ ...well, agentSeenAtMs: now - 10_000 }, now).sentence).toContain('being started again');
    expect(describeHealth({ ...well, agentSeenAtMs: now - 200_000 }, now).sentence).toMatch(/guest may be lost.*restore its newest backup/);
  });
  test.each([
    ['Database down', given({ processState: 'crashed' })],
    ['Database down', given({ processState: 'stopped' })],
    ['Starting', given({ processState: 'starting' })],
    ['Stopped', given({ processState: 'stopped' }, { desiredState: 'stopped' })],
    ['Not answering', given({ processState: 'not-answering' })],
    ['Refusing logins', given({ acceptsLogins: false })],
    ['Volume full', given({ volumeState: 'read-only', acceptsWrites: false })],
    ['Not writable', given({ acceptsWrites: false })],
    ['Restart required', given({ restartRequired: true })],
    [
      'Archive broken',
      given({ archive: { state: 'broken', error: { sentence: 'It does not reach its storage.', next: 'Test the storage target.' } } }),
    ],
    ['Archive behind', given({ archive: { state: 'behind', error: { sentence: 'Half of it is kept.', next: 'Enlarge the volume.' } } })],
    ['Not following', given({ role: 'replica', acceptsWrites: false, replication: { connected: false, lagBytes: null, lagMs: null } })],
  ])('%s is told apart', (label, facts) => {
    const health = describeHealth(facts, now);
    expect(health.label).toBe(label);
    expect(health.tone).not.toBe('healthy');
    expect(health.sentence).toMatch(/\.$/);
  });
  test('healthy says so', () => {
    const busyWith = 'A script has kept it from everything else.';
    expect(describeHealth(given({ processState: 'not-answering', busyWith }), now)).toEqual({
      tone: 'broken',
      label: 'Busy',
      sentence: busyWith,
    });
    expect(describeHealth(well, now)).toMatchObject({ tone: 'healthy', label: 'Healthy' });
  });
});

test('every status has a word of its own in the operating table', () => {
  const labels = Object.values(operatingStatuses).map((status) => status.label);
  expect(new Set(labels).size).toBe(labels.length);
  expect(Object.values(instanceStatuses).every((status) => status.label.length > 0)).toBe(true);
});
