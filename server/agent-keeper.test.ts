import { expect, test } from 'vitest';
import { createAgentKeeper } from './agent-keeper.ts';
import { createLog } from './log.ts';

const instance = { id: 'i', projectId: 'p' };

/** An agent of which only this is known: whether it is heard, and since when a process of it runs. */
function createHost() {
  const state = { heard: false, runs: true };
  const events: string[] = [];
  const asked: (number | undefined)[] = [];
  const store = {
    guests: { listUnheard: async () => (state.heard ? [] : [instance.id]) },
    instances: { findForControlPlane: async () => instance },
    events: { record: async (_: unknown, event: { sentence: string }) => void events.push(event.sentence) },
    transact: async (work: (tx: unknown) => Promise<unknown>) => work({}),
  };
  const compute = {
    ensure: async (_: string, hungForMs?: number) => {
      asked.push(hungForMs);
      const found = !state.runs ? 'started' : hungForMs === undefined ? 'running' : 'replaced';
      state.runs = true;
      return found;
    },
  };
  const options = { store, compute, hostName: 'h', everyMs: 2000, log: createLog('silent') };
  const keep = createAgentKeeper(options as unknown as Parameters<typeof createAgentKeeper>[0]);
  const look = async (times: number) => {
    for (let n = 0; n < times; n += 1) await keep(5000);
  };
  return { state, events, asked, look };
}

test('an agent that runs unheard is replaced after a minute of looks, which its instance tells', async () => {
  const { asked, events, look } = createHost();
  await look(30);
  expect(asked.filter((ms) => ms !== undefined)).toEqual([]);
  await look(1);
  expect(asked.at(-1)).toBe(60_000);
  expect(events).toEqual([expect.stringMatching(/not heard for 60 s: it was ended and started anew/)]);
});

test('one that is heard in between starts its minute again, and one that is gone is started at once, without ado', async () => {
  const { state, asked, events, look } = createHost();
  await look(30);
  state.heard = true;
  await look(1);
  Object.assign(state, { heard: false, runs: false });
  await look(30);
  expect(new Set(asked)).toEqual(new Set([undefined]));
  expect(events).toEqual([]);
  // Gone at the very look at which one that runs would be ended.
  await look(1);
  state.runs = false;
  await look(1);
  expect([asked.at(-1), events]).toEqual([60_000, []]);
});

test('one that a new process does not help is ended ever more rarely', async () => {
  const { asked, look } = createHost();
  await look(31 + 61 + 121);
  expect(asked.filter((ms) => ms !== undefined)).toEqual([60_000, 120_000, 240_000]);
});
