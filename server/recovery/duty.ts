import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { GuestboardError, toFault } from '#contract/errors.ts';
import { openStorage } from '#drivers/storage/index.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { makeRecoveryKey, toRecipient } from './envelope.ts';
import { nameObjects } from './objects.ts';
import { clearSaves, saveControlPlane } from './save.ts';

export type RecoveryDuty = ReturnType<typeof createRecoveryDuty>;

/** Where saves go while no storage target is named: lost with the host, and the page says so. */
export function nameLocalFolder(data: string): string {
  return path.join(data, 'recovery');
}

const dayMs = 24 * 3_600_000;

type RecoveryDutyOptions = { store: Store; config: Pick<Config, 'data' | 'keyFile'>; log: Log; open?: typeof openStorage };

/** How the control plane saves itself, as its schedule does it. */
export function createRecoveryDuty({ store, config, log, open = openStorage }: RecoveryDutyOptions) {
  const { recovery } = store;

  async function openPlace(storageTargetId: string | null): Promise<{ storage: Storage; name: string }> {
    const local = nameLocalFolder(config.data);
    const target = storageTargetId === null ? null : await store.storageTargets.findForControlPlane(storageTargetId);
    const address = storageTargetId === null ? null : await store.storageTargets.findAddress(storageTargetId);
    if (target === null || address === null) {
      // What keeps it from being made is told by what is to be stored there.
      await mkdir(local, { recursive: true, mode: 0o750 }).catch(() => {});
      return { storage: await open({ kind: 'local-directory' }, local), name: local };
    }
    return { storage: await open(await store.secrets.unsealPasswords(address), local), name: target.name };
  }

  const file = path.join(config.data, 'recovery-key');

  /**
   * Whole and on the disk before it counts: what is saved for a key that a power cut took, nobody opens. A file of its own, since of two
   * that are made at once only one counts.
   */
  async function writeNewKey(): Promise<{ recipient: string; written: string }> {
    const { key, recipient } = await makeRecoveryKey();
    const written = `${file}.new-${randomUUID()}`;
    writeFileSync(written, `${key}\n`, { mode: 0o600, flush: true });
    return { recipient, written };
  }

  /** Where a renewal was cut off after it counted; one that never counted leaves nothing. */
  async function finishRenewal(recipient: string): Promise<void> {
    const names = existsSync(config.data) ? readdirSync(config.data) : [];
    for (const written of names.filter((name) => name.startsWith('recovery-key.new')).map((name) => path.join(config.data, name))) {
      const counts = (await toRecipient(readFileSync(written, 'utf8').trim()).catch(() => null)) === recipient;
      if (counts) placeNewKey(written);
      else rmSync(written);
    }
  }

  function placeNewKey(written: string): void {
    if (existsSync(file)) renameSync(file, `${file}.earlier`);
    renameSync(written, file);
  }

  return {
    /** A new recovery key, beside which the earlier one's file stays as `recovery-key.earlier`. Throws `conflict` while the last renewal is under way. */
    renewKey: async (): Promise<void> => {
      const present = await recovery.findRecipient();
      if (present === null) throw new GuestboardError('not-found', 'The control plane has not made its recovery key yet.');
      const { recipient, written } = await writeNewKey();
      if (await recovery.renew(present, recipient)) return placeNewKey(written);
      rmSync(written, { force: true });
      throw new GuestboardError(
        'conflict',
        'Saves for an earlier recovery key are kept still. Renew it again when they are gone, a day later.',
      );
    },
    /** At the first start: the recovery key, in a 0600 file for the operator to carry away. Only its public half stays with us. */
    begin: async (): Promise<void> => {
      const known = await recovery.findRecipient();
      if (known !== null) return finishRenewal(known);
      mkdirSync(config.data, { recursive: true });
      // The file comes first: a start that was cut short after it takes the same key.
      if (!existsSync(file)) {
        renameSync((await writeNewKey()).written, file);
      }
      const recipient = await toRecipient(readFileSync(file, 'utf8').trim());
      await recovery.begin(recipient);
      // Another replica was faster: nobody may take this file for the key.
      if ((await recovery.findRecipient()) !== recipient) rmSync(file);
    },
    /** Saves when it is time. A failure is kept for the page and tried again in minutes; one that only left old saves, with the next save. */
    runDue: async (nowMs = Date.now()): Promise<void> => {
      const due = await recovery.claimDue(nowMs);
      if (due === null) return;
      const { recipient, keepCount } = due;
      let storage: Storage;
      try {
        const place = await openPlace(due.storageTargetId);
        storage = place.storage;
        const saved = await saveControlPlane({ recovery, storage, recipient, keyFile: config.keyFile, nowMs });
        await recovery.noteSaved({ atMs: nowMs, ...saved, to: place.name });
      } catch (error) {
        const fault = toFault(error);
        log.warn({ fault }, 'The control plane could not be saved; it is tried again.');
        return recovery.noteFailed(fault, nowMs);
      }
      try {
        await clearSaves({ storage, recipient, keepCount, nowMs });
        if (due.retiredRecipient !== null && (due.renewedAt?.getTime() ?? 0) < nowMs - dayMs) {
          await storage.deleteFolder(`${nameObjects(due.retiredRecipient).root}/`);
          await recovery.forgetRetired();
          rmSync(`${file}.earlier`, { force: true });
        }
      } catch (error) {
        const fault = toFault(error);
        log.warn({ fault }, 'The control plane was saved, but older saves could not be deleted.');
        await recovery.noteNotCleared(fault, nowMs);
      }
    },
  };
}
