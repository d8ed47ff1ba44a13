import { randomUUID } from 'node:crypto';
import { GuestboardError } from '#contract/errors.ts';
import type { ChangedTargetAddress, StorageTarget, TargetAddress } from '#contract/resources/storage-target.ts';
import { narrow } from '../../store/scope.ts';
import type { ApiParts, SomeHandlers } from '../call.ts';
import { tryAddress, tryStorage } from '../try-storage.ts';

type Names =
  | 'listStorageTargets'
  | 'createStorageTarget'
  | 'updateStorageTarget'
  | 'testStorageTarget'
  | 'testLocalStorage'
  | 'deleteStorageTarget';

export function storageTargetHandlers({ store, host }: ApiParts): SomeHandlers<Names> {
  async function getTarget(id: string): Promise<StorageTarget> {
    const target = await store.storageTargets.findForControlPlane(id);
    if (!target) throw new GuestboardError('not-found', 'The storage target does not exist.');
    return target;
  }

  return {
    listStorageTargets: async ({ scope, query }) => {
      const asked = narrow(scope, query.project);
      const [items, local] = await Promise.all([store.storageTargets.list(asked), store.storageTargets.measureLocal(asked)]);
      return { items, local };
    },
    createStorageTarget: async ({ body: { isDefault, ...target } }) => {
      const id = randomUUID();
      await store.transact(async (tx) => {
        await store.storageTargets.insert(tx, { id, ...target });
        if (isDefault) await store.storageTargets.setDefault(tx, target.projectId, id);
      });
      return getTarget(id);
    },
    updateStorageTarget: async ({ addressed, body: { isDefault, ...changed } }) => {
      if (changed.address) refuseChange(addressed, changed.address, await store.storageTargets.holdsArchives(addressed.id));
      await store.transact(async (tx) => {
        if (changed.name !== undefined || changed.address !== undefined) await store.storageTargets.change(tx, addressed.id, changed);
        const unmarks = isDefault === false && addressed.isDefault;
        if (isDefault || unmarks) await store.storageTargets.setDefault(tx, addressed.projectId, isDefault ? addressed.id : null);
      });
      return getTarget(addressed.id);
    },
    testStorageTarget: async ({ addressed }) => {
      const address = await store.storageTargets.findAddress(addressed.id);
      if (!address) throw new GuestboardError('not-found', 'The storage target does not exist.');
      return tryAddress(await store.secrets.unsealPasswords(address));
    },
    testLocalStorage: async ({ body: { projectId } }) => tryStorage(await host.openLocalStorage(projectId)),
    deleteStorageTarget: async ({ addressed }) => {
      await store.transact((tx) => store.storageTargets.remove(tx, addressed.id));
      return {};
    },
  };
}

/** What backups are found by stays while there are any; and a secret that nobody can read goes nowhere it was not given for. */
function refuseChange({ address: before, backupCount }: StorageTarget, after: ChangedTargetAddress, holdsArchives: boolean): void {
  const kept = backupCount > 0 ? 'Backups lie' : holdsArchives ? 'Pieces of continuous archives lie' : null;
  if (kept !== null && toPlace(before) !== toPlace(after))
    throw new GuestboardError(
      'conflict',
      `${kept} in this storage: its kind, bucket or container, and prefix stay as they are. Add another target for the new place.`,
    );
  if (after.password === undefined && toReceiver(before) !== toReceiver(after))
    throw new GuestboardError('invalid-input', 'Give the secret again: it would be sent elsewhere, or for somebody else.', {
      field: 'address.password',
    });
}

function toPlace(address: TargetAddress): string {
  return [address.kind, address.kind === 's3' ? address.bucket : address.container, address.prefix].join(' ');
}

function toReceiver(address: TargetAddress): string {
  const { kind, caPem } = address;
  return JSON.stringify(
    kind === 's3' ? [kind, caPem, address.endpoint, address.accessKeyId] : [kind, caPem, address.authUrl, address.user],
  );
}
