import { toFault } from '#contract/errors.ts';
import type { CommandInput } from '#contract/guest/commands.ts';
import type { Guests } from './guests.ts';
import type { Log } from './log.ts';
import type { ToldArchive } from './store/archives.ts';
import type { Store } from './store/store.ts';

/** Tells every agent connected here where its archive goes, once for each of its lives and whenever that changes. */
export function createArchiving({ store, guests, log }: { store: Store; guests: Guests; log: Log }) {
  const told = new Map<string, string>();

  /** Opened here, where the agent's own connection ends: a secret never crosses to another replica. */
  async function tell({ instanceId, projectId, wanted, isReplica, storageTargetId, abandonedSpanId }: ToldArchive): Promise<void> {
    const address = storageTargetId === null ? null : await store.storageTargets.findAddress(storageTargetId);
    const archive: CommandInput<'archive.configure'>['archive'] = wanted
      ? { storage: address ?? { kind: 'local-directory' }, storageTargetId, key: await store.backupKeys.ensure(projectId), abandonedSpanId }
      : null;
    const why = isReplica ? { endReason: 'It is a replica since then: its source is archived.' } : {};
    await guests.query(instanceId, 'archive.configure', { ...(await store.secrets.unsealPasswords({ archive })), ...why });
  }

  return {
    async tellHeld(): Promise<void> {
      const held = new Map(guests.listHeld().map(({ instanceId, connection }) => [instanceId, connection]));
      for (const id of told.keys()) if (!held.has(id)) told.delete(id);
      if (held.size === 0) return;
      for (const archive of await store.archives.listWanted([...held.keys()])) {
        const { instanceId, revision, wanted, abandonedSpanId } = archive;
        const version = `${held.get(instanceId)}/${revision}/${wanted}/${abandonedSpanId}`;
        if (told.get(instanceId) === version) continue;
        try {
          await tell(archive);
          told.set(instanceId, version);
        } catch (error) {
          log.info({ instance: instanceId, fault: toFault(error) }, 'An agent was not told of its archive; it is tried again.');
        }
      }
    },
  };
}
