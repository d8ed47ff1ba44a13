import { toFault } from '#contract/errors.ts';
import { deleteBackup } from '#contract/operations/delete-backup.ts';
import { endedStates } from '#contract/resources/operation.ts';
import { planRetention } from '#contract/retention.ts';
import { createHeld } from './held-archives.ts';
import type { Log } from './log.ts';
import { findAsker } from './scheduled-backups.ts';
import { createScheduledProofs } from './scheduled-proofs.ts';
import type { HeldSchedule } from './store/backup-schedules.ts';
import type { Tx } from './store/database.ts';
import type { Store } from './store/store.ts';

const waits = 'Retention waits: ';
const tillLooked =
  'since the control plane was brought back, nothing is deleted until its storages have been looked through. See the System page for when.';
const tillAdded =
  'backups that are not in the catalogue may build on what it would delete. See the System page, and add them with npm run recover -- --catalogue.';
const tillNext = 'It is tried again after the next backup; you can delete it yourself before.';

/** What follows a scheduled backup: how it went, and once it is complete, what retention deletes. */
export function createScheduledRetention({ store, log }: { store: Store; log: Log }) {
  const { backupSchedules, events, transact } = store;
  const proofs = createScheduledProofs({ store });

  async function settle(tx: Tx, schedule: HeldSchedule, operationId: string, nowMs: number): Promise<void> {
    const operation = await store.operations.findForControlPlane(operationId);
    if (operation !== null && !endedStates.includes(operation.state)) return;
    const backup = await store.backups.findForControlPlane(operationId);
    const name = backup?.name ?? 'The backup';
    if (operation?.state === 'succeeded') {
      const retaining = schedule.keepCount !== null || schedule.keepDays !== null;
      const unproved = schedule.unproved + 1;
      const isDue = schedule.proveEvery !== null && unproved >= schedule.proveEvery;
      if (isDue) await proofs.ask(tx, schedule, operationId, nowMs);
      await backupSchedules.change(tx, schedule.id, {
        operationId: null,
        retaining,
        unproved: isDue ? 0 : unproved,
        lastOutcome: `Made ${name}.`,
        lastTone: 'healthy',
      });
      return;
    }
    const cause = operation?.fault?.sentence ?? 'Its operation is gone.';
    const wasCancelled = operation?.state === 'cancelled';
    const lastOutcome = wasCancelled ? `${name} was cancelled.` : `${name} failed: ${cause}`;
    if (!wasCancelled) await say(tx, schedule, 'backup-failed', 'broken', `The scheduled backup ${lastOutcome}`, nowMs);
    await backupSchedules.change(tx, schedule.id, { operationId: null, lastOutcome, lastTone: wasCancelled ? 'attention' : 'broken' });
  }

  /** One layer of a chain at a time: what others build on goes when these are gone. */
  async function retain(tx: Tx, schedule: HeldSchedule, nowMs: number): Promise<void> {
    const { id, projectId, instanceId } = schedule;
    const backups = await store.backups.listOfProject(projectId);
    const failed = await store.operations.findFailedDeletions(projectId, new Date(schedule.lastRunAt ?? nowMs));
    const { goes } = planRetention(schedule, backups, nowMs, new Set(failed.keys()));
    // What was said of waiting goes when it no longer does.
    const [made = ''] = schedule.lastOutcome?.split(waits) ?? [];
    const unheld = made === (schedule.lastOutcome ?? '') ? {} : { lastOutcome: made.trimEnd(), lastTone: 'healthy' as const };
    if (goes.length === 0) {
      const undeleted = backups.find((backup) => backup.scheduleId === id && backup.state === 'DELETE_FAILED' && failed.has(backup.id));
      const lastOutcome = `${made.trimEnd()} ${waits}${undeleted?.name} could not be deleted. ${failed.get(undeleted?.id ?? '')} ${tillNext}`;
      const said = undeleted === undefined ? unheld : { lastOutcome: lastOutcome.trimStart(), lastTone: 'attention' };
      return void (await backupSchedules.change(tx, id, { retaining: false, ...said }));
    }
    const unknownOf = await store.storageSweeps.findUnknownOf();
    if (createHeld(unknownOf)({ instanceId, projectId })) {
      const lastOutcome = `${made.trimEnd()} ${waits}${unknownOf === null ? tillLooked : tillAdded}`.trimStart();
      if (schedule.lastOutcome !== lastOutcome) await backupSchedules.change(tx, id, { lastOutcome, lastTone: 'attention' });
      return;
    }
    if (unheld.lastOutcome !== undefined) await backupSchedules.change(tx, id, unheld);
    const { actor, denial } = await findAsker(store, schedule, 'backup.delete');
    if (actor === null) {
      const lastOutcome = `Retention deleted nothing: ${denial}`;
      await say(tx, schedule, 'retention-refused', 'attention', lastOutcome, nowMs);
      await backupSchedules.change(tx, id, { retaining: false, lastOutcome, lastTone: 'attention' });
      return;
    }
    const [loaded, backupsInWork] = await Promise.all([
      store.facts.load(projectId, null, actor),
      store.operations.listBackupsInWork(projectId),
    ]);
    const facts = { ...loaded, backupsInWork };
    const instance = await store.instances.findForControlPlane(instanceId);
    for (const { backupId, name, reason } of goes) {
      const input = { backupId, withChain: false, confirmName: '' };
      if (deleteBackup.refuse(facts, input, nowMs) !== null) continue;
      const subject = { id: instanceId, name: instance?.name ?? '' };
      await store.operations.open(tx, { name: 'delete-backup', input, facts, actor, instance: subject });
      await say(tx, schedule, 'retention', 'info', `Retention deletes the backup ${name}. ${reason}`, nowMs);
    }
  }

  const say = (tx: Tx, schedule: HeldSchedule, code: string, tone: 'info' | 'attention' | 'broken', sentence: string, nowMs: number) =>
    events.record(tx, {
      projectId: schedule.projectId,
      instanceId: schedule.instanceId,
      code,
      tone,
      sentence,
      detail: null,
      at: new Date(nowMs),
    });

  return {
    async settleEnded(nowMs = Date.now()): Promise<void> {
      const now = new Date(nowMs);
      for (const id of await backupSchedules.listUnsettled(now)) {
        await transact(async (tx) => {
          const schedule = await backupSchedules.holdUnsettled(tx, id, now);
          if (schedule === null) return;
          if (schedule.operationId !== null) await settle(tx, schedule, schedule.operationId, nowMs);
          else await retain(tx, schedule, nowMs);
        }).catch((error: unknown) => log.warn({ schedule: id, fault: toFault(error) }, 'What follows a scheduled backup waits.'));
      }
    },
  };
}
