import { expect, test } from 'vitest';
import { healthyFacts } from '#contract/guest/healthy-facts.testsuite.ts';
import { type OperationFacts, refuseUnlessHeard } from '#contract/operations/operation.ts';
import { countFromOurStart } from './count-from-our-start.ts';

const justStartedMs = performance.timeOrigin + 1000;
const heardBefore = (agoMs: number) => ({ agentSeenAt: new Date(justStartedMs - agoMs).toISOString(), guest: healthyFacts });
const refuse = (instance: OperationFacts['instance'], nowMs: number) =>
  refuseUnlessHeard({ instance, running: null } as unknown as OperationFacts, nowMs)?.reason ?? null;

test('an operation taken up after an outage of the control plane is not refused for the silence of that time', () => {
  const instance = heardBefore(600_000) as unknown as OperationFacts['instance'];
  expect(refuse(instance, justStartedMs)).toMatch(/guest may be lost/);
  expect(refuse(countFromOurStart(instance), justStartedMs)).toBeNull();
  // Who stays silent is told of all the same.
  expect(refuse(countFromOurStart(instance), justStartedMs + 60_000)).toMatch(/over 30 seconds/);
  expect(countFromOurStart(null)).toBeNull();
});
