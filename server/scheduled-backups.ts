import { type Fault, GuestboardError, toFault } from '#contract/errors.ts';
import { type Actor, explainDenial } from '#contract/may.ts';
import { createBackup } from '#contract/operations/create-backup.ts';
import type { OperationFacts } from '#contract/operations/operation.ts';
import { planParent } from '#contract/retention.ts';
import { countRuns, formatClock, jitterMs, nameBackup, planRun } from './cron.ts';
import type { Log } from './log.ts';
import type { HeldSchedule } from './store/backup-schedules.ts';
import type { Tx } from './store/database.ts';
import type { Store } from './store/store.ts';

/** The duty comes every second: a run this late was nobody's to make. */
const missedAfterMs = 60_000;
const tryEveryMs = 10_000;
const tryForMs = 30 * 60_000;

/** Asks for the backups whose time has come. Replicas may do so at once: a schedule is in the hands of one. */
export function createScheduledBackups({ store, log }: { store: Store; log: Log }) {
  const { backupSchedules, events, transact } = store;

  async function start(tx: Tx, schedule: HeldSchedule, nowMs: number): Promise<void> {
    const { actor, denial } = await findAsker(store, schedule, 'backup.create');
    if (actor === null) return giveUp(tx, schedule, denial, nowMs);
    const { projectId, instanceId, storage } = schedule;
    const loaded = await store.facts.load(projectId, instanceId, actor, null, { storage });
    if (loaded.running?.name === 'create-instance') return awaitCreation(tx, schedule, nowMs);
    const backups = loaded.backups.filter((backup) => backup.instanceId === instanceId);
    const parent = loaded.instance && planParent(schedule, backups, loaded.instance);
    const backupsBeingDeleted = parent && (await store.operations.listBackupsInWork(projectId, null, ['delete-backup']));
    const facts = { ...loaded, backupsBeingDeleted: backupsBeingDeleted ?? [] };
    const name = nameBackup(
      schedule,
      schedule.plannedFor,
      backups.map((backup) => backup.name),
    );
    const parentId = parent?.id ?? null;
    const input = { name, parentId, storage };
    const refusal = createBackup.refuse(facts, input, nowMs);
    if (refusal !== null || facts.instance === null) throw new GuestboardError('refused', refusal?.reason ?? 'The instance is gone.');
    const operationId = await store.operations.open(tx, { name: 'create-backup', input, facts, actor });
    await store.backups.insert(tx, {
      ...toBackupRow(schedule, facts.instance),
      name,
      parentId,
      kind: parentId === null ? 'full' : 'incremental',
      id: operationId,
      operationId,
      createdBy: actor.name,
    });
    await sayCaughtUp(tx, schedule, nowMs);
    const state = { operationId, lastRunAt: new Date(nowMs), lastOutcome: `Making ${name}.`, lastTone: 'working' };
    await backupSchedules.change(tx, schedule.id, { ...state, ...advance(schedule, nowMs) });
  }

  /** A missed run is made once, however many were missed. */
  async function sayCaughtUp(tx: Tx, schedule: HeldSchedule, nowMs: number): Promise<void> {
    const foundMs = schedule.triedSince?.getTime() ?? nowMs;
    if (foundMs - schedule.dueAt.getTime() < missedAfterMs) return;
    const untilMs = foundMs - jitterMs(schedule.instanceId, schedule.jitterSeconds);
    const more = countRuns(schedule, schedule.plannedFor.getTime(), untilMs);
    const clock = nameTime(schedule);
    const which = more === 0 ? `${clock}, which was missed` : `${clock} and, with it, ${more} after it, which were missed`;
    await say(tx, schedule, 'backup-caught-up', 'attention', `Caught up the backup of ${which} while the control plane was down.`, nowMs);
  }

  /** However long that takes: what is not there yet was not missed. The run keeps the name of its own time. */
  async function awaitCreation(tx: Tx, schedule: HeldSchedule, nowMs: number): Promise<void> {
    const state = { lastOutcome: 'Waiting until the instance is there.', lastTone: 'working' };
    await backupSchedules.change(tx, schedule.id, { ...state, nextRunAt: new Date(nowMs + tryEveryMs) });
  }

  /** Tried again for half an hour, then said. */
  async function postpone(tx: Tx, schedule: HeldSchedule, fault: Fault, nowMs: number): Promise<void> {
    const since = schedule.triedSince ?? new Date(nowMs);
    if (nowMs - since.getTime() >= tryForMs) return giveUp(tx, schedule, fault.sentence, nowMs);
    const until = formatClock(schedule.timeZone, new Date(since.getTime() + tryForMs));
    const lastOutcome = `Waiting, until ${until} at the latest: ${fault.sentence}`;
    const tryAfter = new Date(nowMs + tryEveryMs);
    await backupSchedules.change(tx, schedule.id, { triedSince: since, tryAfter, lastOutcome, lastTone: 'attention' });
  }

  async function giveUp(tx: Tx, schedule: HeldSchedule, cause: string, nowMs: number): Promise<void> {
    const lastOutcome = `The backup of ${nameTime(schedule)} was not made: ${cause}`;
    await say(tx, schedule, 'backup-not-made', 'broken', lastOutcome, nowMs);
    const state = { lastRunAt: new Date(nowMs), lastOutcome, lastTone: 'broken' };
    await backupSchedules.change(tx, schedule.id, { ...state, ...advance(schedule, nowMs) });
  }

  const say = (
    tx: Tx,
    { projectId, instanceId }: HeldSchedule,
    code: string,
    tone: 'attention' | 'broken',
    sentence: string,
    nowMs: number,
  ) => events.record(tx, { projectId, instanceId, code, tone, sentence, detail: null, at: new Date(nowMs) });

  async function handle(id: string, now: Date, work: (tx: Tx, schedule: HeldSchedule) => Promise<void>): Promise<void> {
    await transact(async (tx) => {
      const schedule = await backupSchedules.holdDue(tx, id, now);
      if (schedule !== null) await work(tx, schedule);
    });
  }

  return {
    async runDue(nowMs = Date.now()): Promise<void> {
      const now = new Date(nowMs);
      for (const id of await backupSchedules.listDue(now)) {
        try {
          await handle(id, now, (tx, schedule) => start(tx, schedule, nowMs));
        } catch (error) {
          if (!(error instanceof GuestboardError)) log.warn({ schedule: id, fault: toFault(error) }, 'A backup schedule could not be run.');
          // What start() had written is taken back with its transaction.
          await handle(id, now, (tx, schedule) => postpone(tx, schedule, toFault(error), nowMs));
        }
      }
    },
  };
}

/** Whoever changed the schedule last, with the rights of now, under the schedule's name. */
export async function findAsker(
  store: Store,
  { cron, changedBy, changedByAccountId, projectId }: HeldSchedule,
  action: 'backup.create' | 'backup.delete' | 'backup.prove',
): Promise<{ actor: Actor; denial: null } | { actor: null; denial: string }> {
  const person = await store.accounts.findActor(changedByAccountId, null);
  const ways = 'Whoever saves the schedule again gives it theirs.';
  if (person === null) return { actor: null, denial: `It ran with the rights of ${changedBy}, whose account is closed. ${ways}` };
  const denial = explainDenial(person, action, { projectId });
  if (denial !== null) return { actor: null, denial: `It runs with the rights of ${person.name}, who may not do this any more. ${ways}` };
  return { actor: { ...person, name: `schedule ${cron}` }, denial: null };
}

/** Events are read by whoever lives by another clock. */
function nameTime({ timeZone, plannedFor }: HeldSchedule): string {
  return `${formatClock(timeZone, plannedFor)} ${timeZone}`;
}

function advance(schedule: HeldSchedule, nowMs: number) {
  return { ...planRun(schedule, schedule.instanceId, nowMs, schedule.plannedFor), triedSince: null, tryAfter: null };
}

/** There from the first moment, so that it is known whose it is; its operation finds it and goes on with it. */
function toBackupRow({ id, projectId, instanceId }: HeldSchedule, instance: NonNullable<OperationFacts['instance']>) {
  const { name: instanceName, datastore, version, volumeBytes } = instance;
  return { scheduleId: id, projectId, instanceId, instanceName, datastore, version, volumeBytes: BigInt(volumeBytes), state: 'NEW' };
}
