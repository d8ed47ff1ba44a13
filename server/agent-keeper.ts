import { toFault } from '#contract/errors.ts';
import type { Compute } from '#drivers/compute/compute.ts';
import type { Log } from './log.ts';
import type { Store } from './store/store.ts';

type AgentKeeperOptions = {
  store: Pick<Store, 'transact' | 'events'> & {
    guests: Pick<Store['guests'], 'listUnheard'>;
    instances: Pick<Store['instances'], 'findForControlPlane'>;
  };
  compute: Pick<Compute, 'ensure'>;
  hostName: string;
  /** How often it is asked to look. */
  everyMs: number;
  log: Log;
};

const hungAfterLooks = 30;
/** One that does not come back by being started anew, as where it cannot reach us, is ended ever more rarely. */
const mostLooks = 16 * hungAfterLooks;

/**
 * Agents of this host that are not heard get a process again. Those that run are left alone, but for one that hangs: unheard at each of
 * many looks, not by the clock, since a host that slept wakes with agents that had no time to speak.
 */
export function createAgentKeeper({ store, compute, hostName, everyMs, log }: AgentKeeperOptions): (unseenMs: number) => Promise<void> {
  const unheard = new Map<string, { looks: number; enough: number }>();

  async function ensure(id: string): Promise<void> {
    const { looks, enough } = unheard.get(id) ?? { looks: 0, enough: hungAfterLooks };
    const hangs = looks + 1 > enough;
    unheard.set(id, { looks: looks + 1, enough });
    const found = await compute.ensure(id, hangs ? enough * everyMs : undefined);
    if (found !== 'started' && found !== 'replaced') return;
    const replaced = found === 'replaced';
    unheard.set(id, { looks: 0, enough: replaced ? Math.min(2 * enough, mostLooks) : enough });
    log.info({ instance: id }, replaced ? 'Replaced an agent that hung.' : 'Started an agent that was gone.');
    if (replaced) await tell(id, enough * everyMs);
  }

  async function tell(id: string, forMs: number): Promise<void> {
    const instance = await store.instances.findForControlPlane(id);
    if (instance === null) return;
    const sentence = `Its agent ran but was not heard for ${Math.round(forMs / 1000)} s: it was ended and started anew. The database was left alone.`;
    const event = {
      projectId: instance.projectId,
      instanceId: id,
      code: 'agent-replaced',
      tone: 'attention' as const,
      sentence,
      detail: null,
    };
    await store.transact((tx) => store.events.record(tx, { ...event, at: new Date() }));
  }

  return async (unseenMs) => {
    const ids = await store.guests.listUnheard(hostName, unseenMs);
    for (const id of unheard.keys()) if (!ids.includes(id)) unheard.delete(id);
    for (const id of ids)
      await ensure(id).catch((error: unknown) => log.warn({ instance: id, fault: toFault(error) }, 'An agent could not be started.'));
  };
}
