import { expect, test } from 'vitest';
import type { Actor } from '#contract/may.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Operation } from '#contract/resources/operation.ts';
import type { Browser } from './browser.ts';
import { listOperationFacts, toOperationFacts } from './operation-facts.ts';
import { createPulses } from './pulses.ts';

const actor: Actor = { accountId: 'a', name: 'ada', operator: true, memberships: [], tokenId: null };
const browser = { pulses: createPulses() } as unknown as Browser;

test('the facts of a thousand chosen are those of each alone, found in looks that grow with the number of instances', () => {
  let looks = 0;
  const instances = Array.from({ length: 1000 }, (_, number) => {
    // Every tenth is a source, the next two copy it; every fifth is held by an operation.
    const sourceId = number % 10 === 1 || number % 10 === 2 ? `i${number - (number % 10)}` : null;
    const row = { id: `i${number}`, name: `n${number}`, sourceId, operationId: number % 5 === 0 ? `o${number}` : null, agentSeenAt: null };
    return Object.defineProperty(row, 'projectId', {
      get: () => {
        looks += 1;
        return `p${number % 20 < 10 ? 1 : 2}`;
      },
    }) as unknown as Instance;
  });
  const running = instances.flatMap(({ operationId }) => {
    const get = () => {
      looks += 1;
      return operationId;
    };
    return operationId === null ? [] : [Object.defineProperty({}, 'id', { get }) as unknown as Operation];
  });
  const listed = listOperationFacts(browser, { actor, chosen: instances, instances, running });
  expect(looks).toBeLessThan(20_000);
  for (const place of [0, 1, 2, 3, 15, 991]) {
    const { instance, facts } = listed[place] ?? {};
    if (!instance || !facts) throw new Error('It is not listed.');
    const alone = toOperationFacts(browser, { actor, instance, projectId: instance.projectId, instances, running });
    expect([facts.set, facts.running, facts.instance]).toEqual([alone.set, alone.running, alone.instance]);
  }
  expect(listed[1]?.facts.set.map(({ id }) => id)).toEqual(['i0', 'i1', 'i2']);
});
