import { GuestboardError, toFault } from '#contract/errors.ts';
import { explainDenial } from '#contract/may.ts';
import { createBackup } from '#contract/operations/create-backup.ts';
import type { Log } from './log.ts';
import { toNotBackedUp } from './not-backed-up.ts';
import type { Tx } from './store/database.ts';
import type { OwedBackup } from './store/owed-backups.ts';
import type { Store } from './store/store.ts';

const tryForMs = 30 * 60_000;

/** Makes the full backups that are owed, as soon as the instance is free; tried for half an hour, then it is said that there is none. */
export function createOwedBackups({ store, log }: { store: Store; log: Log }) {
  async function start(tx: Tx, { instanceId, projectId, since, by }: OwedBackup, nowMs: number): Promise<void> {
    const actor = await store.accounts.findActor(by, null);
    if (actor === null) throw new GuestboardError('not-allowed', 'The account in whose name it was to be made is closed.');
    const denial = explainDenial(actor, 'backup.create', { projectId });
    if (denial !== null) throw new GuestboardError('not-allowed', denial);
    const facts = await store.facts.load(projectId, instanceId, actor);
    const name = `after-promotion-${since.toISOString().slice(0, 19).replace(/\D/g, '')}`;
    const input = { name, parentId: null, storage: 'default' as const };
    const refusal = createBackup.refuse(facts, input, nowMs);
    if (refusal !== null) throw new GuestboardError('refused', refusal.reason);
    await store.operations.open(tx, { name: 'create-backup', input, facts, actor });
    await store.owedBackups.settle(tx, instanceId);
  }

  /** What may still go well is waited for. */
  async function postpone(tx: Tx, { instanceId, projectId, since }: OwedBackup, error: unknown, nowMs: number): Promise<void> {
    const fault = toFault(error);
    if (fault.code !== 'not-allowed' && nowMs - since.getTime() < tryForMs) return;
    await store.events.record(tx, toNotBackedUp({ projectId, instanceId }, 'promotion', fault));
    await store.owedBackups.settle(tx, instanceId);
  }

  async function handle(id: string, work: (tx: Tx, owed: OwedBackup) => Promise<void>): Promise<void> {
    await store.transact(async (tx) => {
      const owed = await store.owedBackups.hold(tx, id);
      if (owed !== null) await work(tx, owed);
    });
  }

  return {
    async runDue(nowMs = Date.now()): Promise<void> {
      for (const id of await store.owedBackups.listDue()) {
        try {
          await handle(id, (tx, owed) => start(tx, owed, nowMs));
        } catch (error) {
          if (!(error instanceof GuestboardError))
            log.warn({ instance: id, fault: toFault(error) }, 'A backup that is owed could not be made.');
          // What start() had written is taken back with its transaction.
          await handle(id, (tx, owed) => postpone(tx, owed, error, nowMs));
        }
      }
    },
  };
}
