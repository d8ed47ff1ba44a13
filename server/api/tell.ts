import type { Actor } from '#contract/may.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Store } from '../store/store.ts';

/** Who did what inside an instance, as an event of it: others learn it, and their pages ask again for what it changed. */
export type Tell = (actor: Actor, instance: Pick<Instance, 'id' | 'projectId'>, code: string, what: string) => Promise<void>;

export function createTell(store: Store): Tell {
  return async (actor, { id: instanceId, projectId }, code, what) => {
    const event = { projectId, instanceId, code, tone: 'info' as const, sentence: `${actor.name} ${what}.`, detail: null };
    await store.transact((tx) => store.events.record(tx, { ...event, at: new Date() }));
  };
}
