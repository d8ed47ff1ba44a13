import { toFault } from '#contract/errors.ts';
import type { Guests } from './guests.ts';
import type { Log } from './log.ts';
import type { Store } from './store/store.ts';

const toldAtOnce = 200;

/** Tells every agent connected here how fast its database may be read for backups: once in each of its lives, and when that changes. */
export function createBackupLimits({ store, guests, log }: { store: Store; guests: Guests; log: Log }) {
  const told = new Map<string, string>();

  async function tell(id: string, bytesPerSecond: number | null, version: string): Promise<void> {
    try {
      await guests.query(id, 'backup.limit', { bytesPerSecond });
      told.set(id, version);
    } catch (error) {
      const fault = toFault(error);
      // An agent of before limits were there has none to keep.
      if (fault.code === 'not-implemented') told.set(id, version);
      else log.info({ instance: id, fault }, 'An agent was not told how fast to back up; it is tried again.');
    }
  }

  return {
    tellHeld: async (): Promise<void> => {
      const held = new Map(guests.listHeld().map(({ instanceId, connection }) => [instanceId, connection]));
      for (const id of told.keys()) if (!held.has(id)) told.delete(id);
      // An agent keeps over its own death what it was told last: one without a limit is told, too.
      const untold = (await store.instances.listBackupLimits([...held.keys()]))
        .map((limit) => ({ ...limit, version: `${held.get(limit.id)}/${limit.bytesPerSecond}` }))
        .filter(({ id, version }) => told.get(id) !== version);
      // Side by side: one that does not answer holds up no other for long.
      for (let at = 0; at < untold.length; at += toldAtOnce)
        await Promise.all(untold.slice(at, at + toldAtOnce).map(({ id, bytesPerSecond, version }) => tell(id, bytesPerSecond, version)));
    },
  };
}
