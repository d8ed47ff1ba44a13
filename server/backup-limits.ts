import { toFault } from '#contract/errors.ts';
import type { Guests } from './guests.ts';
import type { Log } from './log.ts';
import type { Store } from './store/store.ts';

/** Tells every agent connected here how fast its database may be read for backups: once in each of its lives, and when that changes. */
export function createBackupLimits({ store, guests, log }: { store: Store; guests: Guests; log: Log }) {
  const told = new Map<string, string>();
  return {
    tellHeld: async (): Promise<void> => {
      const held = new Map(guests.listHeld().map(({ instanceId, connection }) => [instanceId, connection]));
      for (const id of told.keys()) if (!held.has(id)) told.delete(id);
      // An agent keeps over its own death what it was told last: one without a limit is told, too.
      for (const { id, bytesPerSecond } of await store.instances.listBackupLimits([...held.keys()])) {
        const version = `${held.get(id)}/${bytesPerSecond}`;
        if (told.get(id) === version) continue;
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
    },
  };
}
