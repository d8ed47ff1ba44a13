import type { Instance } from '#contract/resources/instance.ts';
import { endedStates } from '#contract/resources/operation.ts';
import { askAtRandom } from './chaos/asks.ts';
import { killAtRandom, type Victim } from './chaos/kills.ts';
import { keepLedger } from './chaos/ledger.ts';
import { findOrphans } from './chaos/orphans.ts';
import { createRandom } from './chaos/random.ts';
import { connect, readCa } from './database-client.ts';
import { expect, test } from './fixtures.ts';
import { createInstance, operate, uniqueName, waitForEnd, waitForStatus } from './instances.ts';
import type { Rest } from './rest.ts';

/** `npm test` runs the short form, `npm run campaign` the long one; a seed seen to fail can be run again. */
const wanted = Number(process.env.GUESTBOARD_CHAOS_OPERATIONS ?? 8);
const seed = Number(process.env.GUESTBOARD_CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`${wanted} operations end, nothing is orphaned and no row is lost while server, agents and engines are killed`, async ({
  product,
  rest,
  shared,
}) => {
  test.setTimeout(120_000 + wanted * 45_000);
  console.log(`chaos: GUESTBOARD_CHAOS_SEED=${seed} GUESTBOARD_CHAOS_OPERATIONS=${wanted}`);
  const random = createRandom(seed);
  const instance = await createInstance(rest, { name: uniqueName('ledger') });
  const login = await readLogin(rest, instance);
  const caPem = await readCa(rest);
  const ledger = await keepLedger(instance, caPem, login);
  const outcomes: string[] = [];
  const killed: Victim[] = [];

  for (let refusals = 0; outcomes.length < wanted; ) {
    const operation = await askAtRandom(rest, random, instance.id);
    if (operation === null) {
      refusals += 1;
      expect(refusals, 'the product refuses everything').toBeLessThan(60 + wanted * 4);
      await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    await new Promise((resolve) => setTimeout(resolve, random() * 1500));
    const victim = random() < 0.8 ? await killAtRandom(product, random) : null;
    if (victim !== null) killed.push(victim);
    const ended = await waitForEnd(rest, operation.id, { deadlineMs: 90_000 });
    if (ended.state === 'failed') expect(ended.fault?.sentence, `${ended.title} failed without a sentence`).toBeTruthy();
    outcomes.push(`${ended.name} ${ended.state}${victim === null ? '' : ` (${victim} killed)`}`);
    console.log(`chaos: ${outcomes.length}. ${outcomes.at(-1)}${ended.fault ? `: ${ended.fault.sentence}` : ''}`);
  }

  await ledger.stop();
  const settled = await bringBack(rest, instance.id);
  // Anybody's guest may have been killed: what the next specs share is there for them again.
  await bringBack(rest, shared.id);
  const open = (await rest('listOperations', { query: { limit: 1000 } })).items.filter(({ state }) => !endedStates.includes(state));
  expect(open, 'operations that never ended').toEqual([]);
  await expect
    .poll(async () => findOrphans(product.data, (await rest('listInstances', { query: { limit: 1000 } })).items), { timeout: 20_000 })
    .toEqual([]);

  // An engine killed last of all is healthy in the list for another second, until its agent has seen it.
  let client = null as Awaited<ReturnType<typeof connect>> | null;
  await expect(async () => {
    client = await connect(settled, caPem, login);
  }).toPass({ timeout: 20_000 });
  if (client === null) throw new Error('Nobody was connected.');
  const { rows } = await client.query<{ number: number }>('select number from ledger order by number');
  await client.end();
  const kept = new Set(rows.map(({ number }) => number));
  const lost = ledger.acknowledged.filter((number) => !kept.has(number));
  expect(lost, `lost of ${ledger.acknowledged.length} acknowledged rows`).toEqual([]);
  expect(ledger.acknowledged.length, 'the ledger was written all along').toBeGreaterThan(wanted * 5);
  expect(killed.length, 'something was killed').toBeGreaterThan(0);
});

/** The instance runs and is healthy again: started when it was stopped or gave up, its error mark taken away when it has one. */
async function bringBack(rest: Rest, instanceId: string): Promise<Instance> {
  const read = () => rest('getInstance', { path: { instanceId } });
  // One whose start was killed stays crashed: until then nobody wanted it to run, and the operation said that it failed.
  await expect
    .poll(async () => (await read()).guest?.processState, { timeout: 20_000 })
    .toMatch(/running|stopped|gave-up/)
    .catch(async () => expect((await read()).guest?.processState).toBe('crashed'));
  if ((await read()).errored) await operate(rest, instanceId, 'reset-status');
  if ((await read()).guest?.processState !== 'running') await operate(rest, instanceId, 'start-instance');
  return waitForStatus(rest, instanceId, 'HEALTHY', 60_000);
}

async function readLogin(rest: Rest, { id, firstUser, firstDatabase }: Instance) {
  const user = firstUser ?? '';
  const { password } = await rest('revealPassword', { path: { instanceId: id }, body: { user } });
  return { user, password, database: firstDatabase ?? '' };
}
