import { GuestboardError } from '#contract/errors.ts';
import type { Recovery } from '#contract/resources/recovery.ts';
import type { ApiParts, SomeHandlers } from '../call.ts';

type Names = 'getRecovery' | 'changeRecovery' | 'saveControlPlane' | 'renewRecoveryKey' | 'getRecoveryStorage';

export function recoveryHandlers({ store, host }: ApiParts): SomeHandlers<Names> {
  async function get(): Promise<Recovery> {
    const recovery = await store.recovery.describe();
    if (!recovery) throw new GuestboardError('not-found', 'The control plane has not made its recovery key yet.');
    return recovery;
  }

  return {
    getRecovery: get,
    changeRecovery: async ({ body: { keyKept, ...plan } }) => {
      const { storageTargetId } = plan;
      if (storageTargetId && !(await store.storageTargets.findForControlPlane(storageTargetId)))
        throw new GuestboardError('invalid-input', 'The storage target does not exist.', { field: 'storageTargetId' });
      await get();
      if (keyKept === true) await store.recovery.noteKeyKept();
      await store.recovery.change(plan);
      return get();
    },
    saveControlPlane: async () => {
      await get();
      await store.recovery.change({});
      return get();
    },
    renewRecoveryKey: async () => {
      await get();
      await host.renewRecoveryKey();
      return get();
    },
    getRecoveryStorage: async () => {
      const { storageTargetId } = await get();
      const address = storageTargetId === null ? null : await store.storageTargets.findAddress(storageTargetId);
      return address === null ? { kind: 'local-directory' } : store.secrets.unsealPasswords(address);
    },
  };
}
