import { expect, test } from 'vitest';
import { healthyFacts } from '#contract/guest/healthy-facts.testsuite.ts';
import type { EngineLook } from './engine.ts';
import { composeFacts, differs, type FactSources } from './guest-facts.ts';

const { acceptsLogins, acceptsWrites, restartRequired, role, version, replication, lastError } = healthyFacts;
const look: EngineLook = {
  ...{ acceptsLogins, acceptsWrites, restartRequired, role, version, replication, lastError },
  processState: 'running',
  startedAtMs: 1,
  metrics: {},
};
const well: FactSources = {
  look,
  overdue: false,
  alive: true,
  supervision: { phase: 'quiet', crashedAtMs: null, restartedAtMs: null, nextTryAtMs: null, recentCrashes: 0, lastError: null },
  volume: { volumeUsedBytes: 10, volumeState: 'ok' },
  enforcement: { memory: 'advisory', cpu: 'advisory' },
};
const processState = (changed: Partial<FactSources>) => composeFacts({ ...well, ...changed }).processState;
const phase = (name: FactSources['supervision']['phase']) => ({ supervision: { ...well.supervision, phase: name } });

test('says what the engine answers', () => {
  expect(composeFacts(well)).toMatchObject({ processState: 'running', acceptsLogins: true, acceptsWrites: true, version: '15.20' });
});

test('a process that lives but answers late is not answering; one that is gone has crashed, whatever the last look said', () => {
  expect(composeFacts({ ...well, overdue: true })).toMatchObject({ processState: 'not-answering', acceptsLogins: false, startedAtMs: 1 });
  expect(composeFacts({ ...well, alive: false })).toMatchObject({ processState: 'crashed', acceptsLogins: false, startedAtMs: null });
});

test('what the supervisor knows comes first', () => {
  expect(processState(phase('down'))).toBe('crashed');
  expect(processState(phase('gave-up'))).toBe('gave-up');
  expect(processState({ ...phase('starting'), look: { ...look, processState: 'stopped' }, alive: null })).toBe('starting');
  expect(processState({ ...phase('starting') })).toBe('running');
  expect(processState({ ...phase('stopping'), alive: false, look: { ...look, processState: 'stopped' } })).toBe('stopped');
});

test('one that was just brought back is starting, although the last look found it stopped', () => {
  expect(processState({ look: { ...look, processState: 'stopped' } })).toBe('starting');
});

test('a full volume is not writable even before the engine notices', () => {
  expect(composeFacts({ ...well, volume: { volumeUsedBytes: 1, volumeState: 'read-only' } })).toMatchObject({ acceptsWrites: false });
});

test('sizes and lag alone are no difference', () => {
  const replica = (lagBytes: number, connected = true): FactSources => ({
    ...well,
    look: { ...look, role: 'replica', replication: { connected, lagBytes, lagMs: lagBytes } },
    volume: { volumeUsedBytes: lagBytes, volumeState: 'ok' },
  });
  expect(differs(composeFacts(replica(1)), composeFacts(replica(2)))).toBe(false);
  expect(differs(composeFacts(replica(1)), composeFacts(replica(1, false)))).toBe(true);
});
