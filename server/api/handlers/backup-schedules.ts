import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import { GuestboardError } from '#contract/errors.ts';
import { refuseSchedule } from '#contract/operations/schedule-fit.ts';
import { type BackupSchedule, BackupScheduleChange, type BackupScheduleSettings } from '#contract/resources/backup-schedule.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { planParent, planRetention } from '#contract/retention.ts';
import { describeCron, jitterMs, listRuns, nameBackup, planRun } from '../../cron.ts';
import type { ApiParts, SomeHandlers } from '../call.ts';
import { holdStorage, insertSchedule } from '../insert-schedule.ts';

type Names =
  | 'listBackupSchedules'
  | 'createBackupSchedule'
  | 'previewBackupSchedule'
  | 'updateBackupSchedule'
  | 'runBackupSchedule'
  | 'deleteBackupSchedule';

const untried = { triedSince: null, tryAfter: null };

export function backupScheduleHandlers({ store }: ApiParts): SomeHandlers<Names> {
  async function getInstance(id: string): Promise<Instance> {
    const instance = await store.instances.findForControlPlane(id);
    if (!instance) throw new GuestboardError('not-found', 'The instance does not exist.');
    return instance;
  }

  return {
    listBackupSchedules: async ({ addressed }) => ({ items: await store.backupSchedules.listOfInstance(addressed.id) }),
    createBackupSchedule: async ({ actor, addressed: instance, body }) => {
      checkKind(instance, body);
      return store.transact((tx) => insertSchedule(store, tx, instance, body, actor));
    },
    previewBackupSchedule: async ({ addressed: instance, body: { scheduleId, ...settings } }) => {
      checkKind(instance, settings);
      const shareMs = jitterMs(instance.id, settings.jitterSeconds);
      const times = listRuns(settings, Date.now(), 5);
      const [first = new Date()] = times;
      const backups = await store.backups.listOfProject(instance.projectId);
      const own = backups.filter((backup) => backup.instanceId === instance.id);
      const parent = planParent({ id: scheduleId, fullEvery: settings.fullEvery, storage: settings.storage }, own, instance);
      const name = nameBackup(settings, first);
      // As if the next backup were there already.
      const made = { name, version: instance.version, parentId: parent?.id ?? null, storageTargetId: null, createdAt: first.toISOString() };
      const upcoming = { id: randomUUID(), state: 'COMPLETED' as const, scheduleId, ...made };
      return {
        words: describeCron(settings),
        runs: times.map((time) => new Date(time.getTime() + shareMs).toISOString()),
        next: { name, kind: parent === null ? 'full' : 'incremental' },
        ...planRetention({ ...settings, id: scheduleId }, [upcoming, ...backups], first.getTime()),
      };
    },
    updateBackupSchedule: async ({ actor, addressed, body }) => {
      const instance = await getInstance(addressed.instanceId);
      return store.transact(async (tx) => {
        const known = await store.backupSchedules.holdForChange(tx, addressed.id);
        const settings = BackupScheduleChange.parse({ ...known, ...body });
        checkKind(instance, settings);
        // One whose storage is gone may still be paused.
        if (settings.storage !== known.storage) await holdStorage(store, tx, known.projectId, settings.storage);
        const by = { changedByAccountId: actor.accountId, changedBy: actor.name };
        return store.backupSchedules.change(tx, known.id, { ...settings, ...planAnew(known, settings), ...by });
      });
    },
    runBackupSchedule: async ({ addressed }) => {
      if (!addressed.enabled) throw new GuestboardError('refused', 'The schedule is paused. Resume it first.');
      const now = new Date();
      return store.transact((tx) => store.backupSchedules.change(tx, addressed.id, { plannedFor: now, nextRunAt: now, ...untried }));
    },
    deleteBackupSchedule: async ({ addressed }) => {
      await store.transact((tx) => store.backupSchedules.remove(tx, addressed.id));
      return {};
    },
  };
}

/** When it runs next, where that is another time than before. */
function planAnew(known: BackupSchedule, settings: z.infer<typeof BackupScheduleChange>) {
  const run = planRun(settings, known.instanceId, Date.now());
  const isSameTime = (['cron', 'timeZone', 'jitterSeconds', 'enabled'] as const).every((key) => settings[key] === known[key]);
  if (isSameTime) return {};
  return { ...(settings.enabled ? run : { plannedFor: null, nextRunAt: null }), ...untried };
}

/** Its storage is looked at where it is held. */
function checkKind({ datastore }: Instance, settings: BackupScheduleSettings): void {
  const refusal = refuseSchedule({}, datastore, settings);
  if (refusal !== null) throw new GuestboardError('invalid-input', refusal.reason, { field: refusal.field });
}
