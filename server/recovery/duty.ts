import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toFault } from '#contract/errors.ts';
import { openStorage } from '#drivers/storage/index.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { makeRecoveryKey, toRecipient } from './envelope.ts';
import { saveControlPlane } from './save.ts';

export type RecoveryDuty = ReturnType<typeof createRecoveryDuty>;

/** Where saves go while no storage target is named: lost with the host, and the page says so. */
export function nameLocalFolder(data: string): string {
  return path.join(data, 'recovery');
}

/** How the control plane saves itself, as its schedule does it. */
export function createRecoveryDuty({ store, config, log }: { store: Store; config: Pick<Config, 'data' | 'keyFile'>; log: Log }) {
  const { recovery } = store;

  async function openPlace(storageTargetId: string | null): Promise<{ storage: Storage; name: string }> {
    const local = nameLocalFolder(config.data);
    const target = storageTargetId === null ? null : await store.storageTargets.findForControlPlane(storageTargetId);
    const address = storageTargetId === null ? null : await store.storageTargets.findAddress(storageTargetId);
    if (target === null || address === null) return { storage: await openStorage({ kind: 'local-directory' }, local), name: local };
    return { storage: await openStorage(await store.secrets.unsealPasswords(address), local), name: target.name };
  }

  return {
    /** At the first start: the recovery key, in a 0600 file for the operator to carry away. Only its public half stays with us. */
    begin: async (): Promise<void> => {
      if ((await recovery.findRecipient()) !== null) return;
      const file = path.join(config.data, 'recovery-key');
      mkdirSync(config.data, { recursive: true });
      // The file comes first: a start that was cut short after it takes the same key.
      if (!existsSync(file)) {
        // Whole and on the disk before it counts: what is saved for a key that a power cut took, nobody opens.
        writeFileSync(`${file}.new`, `${(await makeRecoveryKey()).key}\n`, { mode: 0o600, flush: true });
        renameSync(`${file}.new`, file);
      }
      const recipient = await toRecipient(readFileSync(file, 'utf8').trim());
      await recovery.begin(recipient);
      // Another replica was faster: nobody may take this file for the key.
      if ((await recovery.findRecipient()) !== recipient) rmSync(file);
    },
    /** Saves when it is time. A failure is kept for the page and tried again in minutes. */
    runDue: async (nowMs = Date.now()): Promise<void> => {
      const due = await recovery.claimDue(nowMs);
      if (due === null) return;
      try {
        const { storage, name } = await openPlace(due.storageTargetId);
        const saved = await saveControlPlane({
          recovery,
          storage,
          recipient: due.recipient,
          keyFile: config.keyFile,
          keepCount: due.keepCount,
          nowMs,
        });
        await recovery.noteSaved({ atMs: nowMs, ...saved, to: name });
      } catch (error) {
        const fault = toFault(error);
        log.warn({ fault }, 'The control plane could not be saved; it is tried again.');
        await recovery.noteFailed(fault, nowMs);
      }
    },
  };
}
