import { describeCompared } from '#contract/compared-text.ts';
import { writeCount } from '#contract/count-text.ts';
import { getDatastore } from '#contract/datastores/definitions.ts';
import { type ErrorCode, type Fault, GuestboardError } from '#contract/errors.ts';
import { BackupManifest } from '#contract/guest/backup-manifest.ts';
import { writeMoment } from '#contract/moment-text.ts';
import type { Backup } from '#contract/resources/backup.ts';
import { ProofFindings } from '#contract/resources/backup-proof.ts';
import { planRestorePoint, toWholeMoment } from '#contract/restore-window.ts';
import type { Tx } from '../store/database.ts';
import { assertRoom } from './assert-room.ts';
import { findStored } from './backup-storage.ts';
import { findPoint } from './find-point.ts';
import { initialiseGuest } from './initialise-guest.ts';
import { nameInstead } from './note-damage.ts';
import { reserveGuest } from './reserve-guest.ts';
import { getScratch, removeScratch, scratchAddress } from './scratch-guest.ts';
import type { StepContext, Workflow, WorkflowContext, WorkflowTools } from './workflow.ts';

type Context = WorkflowContext<'prove-backup'>;

const dayMs = 24 * 3_600_000;
/** What says nothing about the backup: that it could not be tried. */
const undeciding: readonly ErrorCode[] = [
  ...(['agent-unreachable', 'agent-timeout', 'agent-refused', 'busy', 'stale-epoch', 'not-implemented', 'internal'] as const),
  ...(['no-port-free', 'version-unavailable', 'volume-full', 'storage-error', 'engine-unavailable', 'operation-lost'] as const),
  // The empty place where a disk is to be mounted has no backups either.
  ...(['storage-away', 'not-allowed', 'not-found', 'refused', 'deadline-passed', 'conflict'] as const),
];
const damaging: readonly ErrorCode[] = ['backup-damaged'];

/** The scratch guest has the operation's own id, and so has the report: however often a step is repeated, there is one of each. */
export const proveBackup: Workflow<'prove-backup'> = {
  async run({ step, tools, input, operationId, projectId, actor }) {
    const { store } = tools;
    const scratch = { tools, instance: () => getScratch(tools, operationId) };
    await step('wait-turn', async (inside) => {
      const backup = await getBackup(tools, input.backupId);
      const momentAt = input.atMs === null ? null : new Date(toWholeMoment(getGrain(backup), input.atMs));
      const about = { id: operationId, projectId, backupId: backup.id, instanceId: backup.instanceId, askedBy: actor.name, momentAt };
      await store.transact((tx) => store.backupProofs.begin(tx, about));
      await waitForTurn(tools, operationId, inside);
      if (momentAt !== null) await waitForArchive(tools, backup, momentAt.getTime(), inside);
      return undefined;
    });
    await step('reserve-guest', async (inside) => {
      const backup = await getBackup(tools, input.backupId);
      await store.transact((tx) => store.scratchGuests.ensure(tx, operationId, backup, tools.host.name));
      await assertRoom(tools, backup.id, await getScratch(tools, operationId), await measureReplay(tools, backup, input.atMs));
      return reserveGuest(scratch, inside, scratchAddress);
    });
    await step('restore', async (inside) => {
      const proof = await getProof(tools, operationId);
      const since = proof.restoringSince ?? new Date();
      if (proof.restoringSince === null)
        await store.transact((tx) => store.backupProofs.change(tx, operationId, { restoringSince: since }));
      await initialiseGuest(scratch, inside, await toData(tools, await getBackup(tools, input.backupId), input.atMs), dayMs);
      await store.transact((tx) => store.backupProofs.change(tx, operationId, { restoreMs: Date.now() - since.getTime() }));
      return undefined;
    });
    await step('start', async (inside) => {
      await inside.command(operationId, 'lifecycle.start', {}, { deadlineMs: dayMs });
      const firstQueryMs = Date.now() - ((await getProof(tools, operationId)).restoringSince?.getTime() ?? Date.now());
      await store.transact((tx) => store.backupProofs.change(tx, operationId, { firstQueryMs }));
      return `It answered ${(firstQueryMs / 1000).toFixed(1)} s after the first byte was asked for`;
    });
    await step('check', async (inside) => {
      const counted = await findCounted(tools, await getBackup(tools, input.backupId), (await getProof(tools, operationId)).momentAt);
      const findings = await inside.command(operationId, 'backup.check', counted, { deadlineMs: dayMs });
      await store.transact((tx) => store.backupProofs.change(tx, operationId, { findings }));
      return sayFindings(findings);
    });
    await step('remove-guest', async () => {
      await removeScratch(tools, operationId);
      const backup = await getBackup(tools, input.backupId);
      const { state, momentAt, findings } = await getProof(tools, operationId);
      const found = ProofFindings.safeParse(findings).data;
      const sound = `is sound${found === undefined ? '' : `: ${sayFindings(found)}`}.`;
      if (state === 'proved') return undefined;
      await store.transact(async (tx) => {
        // What was found damaged is whole again.
        if (backup.state === 'CORRUPT')
          await store.backups.change(tx, backup.id, { state: 'COMPLETED', failure: null, missingSince: null });
        await store.backupProofs.change(tx, operationId, { state: 'proved', endedAt: new Date() });
        await tell(tools, tx, backup, 'good', `${nameProven(backup, momentAt)} was restored on a scratch guest and ${sound}`);
      });
      return undefined;
    });
  },

  async undo(context, outcome) {
    await removeScratch(context.tools, context.operationId);
    await settle(context, outcome.state === 'cancelled' ? null : outcome);
  },
};

/** In the order in which they were asked for, so that none waits for ever; a lost one ends by itself and lets the next one go on. */
async function waitForTurn({ store, proofsAtOnce }: WorkflowTools, operationId: string, inside: StepContext): Promise<void> {
  let nextLookMs = 0;
  const look = async () => {
    if (performance.now() < nextLookMs) return null;
    const ahead = await store.backupProofs.countAhead(operationId);
    if (ahead < proofsAtOnce) return true;
    // The far end of a long queue need not look every time.
    nextLookMs = performance.now() + Math.min(15_000, (ahead - proofsAtOnce) * 500);
    await inside.say(ahead === 1 ? 'Waits for another proof' : `Waits for ${ahead} other proofs`);
    return null;
  };
  await inside.waitFor(look, { deadlineMs: 7 * dayMs, everyMs: 500, sentence: () => 'The proofs before it did not end within a week.' });
}

/** An archive is a few seconds late, and a schedule asks for a proof as soon as its backup is complete. */
async function waitForArchive(
  { store }: WorkflowTools,
  { projectId, instanceId }: Backup,
  atMs: number,
  inside: StepContext,
): Promise<void> {
  if (instanceId === null) return;
  const look = async () => {
    const newest = (await store.archives.findWindow(projectId, instanceId))?.windows.at(-1);
    if (newest === undefined || !newest.isOpen || newest.toMs >= atMs) return true;
    await inside.say('Waits until everything up to the moment is archived');
    return null;
  };
  await inside.waitFor(look, { deadlineMs: 120_000, everyMs: 500, sentence: () => 'The archive has not reached this moment yet.' });
}

/**
 * Counts of the very time: what was counted at the backup says nothing of a later moment, but another backup that was being made then has
 * counted, too.
 */
async function findCounted({ store }: WorkflowTools, { id, instanceId }: Backup, momentAt: Date | null) {
  const there = momentAt === null ? id : instanceId && (await store.backups.findCountedAt(instanceId, momentAt.getTime()));
  const manifest = BackupManifest.safeParse(there && (await store.backups.findManifest(there)));
  return { backupId: there ?? id, counts: manifest.data?.counts ?? null };
}

/** What a proof that did not go well says of the backup, once. */
async function settle({ tools, operationId, input }: Context, fault: Fault | null): Promise<void> {
  const { store } = tools;
  const proof = await store.backupProofs.findForControlPlane(operationId);
  const backup = await store.backups.findForControlPlane(input.backupId);
  if (proof?.state !== 'running' || backup === null) return;
  const cause = fault?.sentence ?? 'It was cancelled.';
  const isUndecided = fault === null || undeciding.includes(fault.code);
  const { momentAt } = proof;
  const schedule = isUndecided && fault !== null ? await findProver(tools, backup) : null;
  const again =
    schedule === null
      ? 'Prove it again when the cause is gone.'
      : 'Its schedule proves the next one; or prove this one again when the cause is gone.';
  const nextStep = isUndecided
    ? `This says nothing about the backup. ${again}`
    : `${momentAt === null ? `Do not rely on this backup. ${await nameInstead(tools, backup)}` : 'Do not rely on restores from it to a moment.'} Make a new full one of ${backup.instanceName} now, and prove that; then look for the cause in the storage.`;
  await store.transact(async (tx) => {
    const state = isUndecided ? 'undecided' : 'failed';
    // Which of the two is damaged, the backup or the archive, a proof of the backup alone tells.
    const isDamaged = fault !== null && momentAt === null && damaging.includes(fault.code);
    if (isDamaged) await store.backups.change(tx, backup.id, { state: 'CORRUPT', failure: cause, missingSince: null });
    await store.backupProofs.change(tx, operationId, { state, endedAt: new Date(), cause, nextStep });
    if (schedule !== null) await store.backupSchedules.change(tx, schedule.id, { unproved: schedule.proveEvery - 1 });
    // Who cancelled it knows.
    if (fault === null) return;
    const name = nameProven(backup, momentAt);
    if (isUndecided) await tell(tools, tx, backup, 'attention', `${name} was not restored for proof: ${cause} ${nextStep}`);
    else await tell(tools, tx, backup, 'broken', `${name} could not be restored: ${cause} ${nextStep}`);
  });
}

/** The schedule that made it, if that goes on and has its backups proved. */
async function findProver({ store }: WorkflowTools, { scheduleId }: Backup): Promise<{ id: string; proveEvery: number } | null> {
  const schedule = scheduleId === null ? null : await store.backupSchedules.findForControlPlane(scheduleId);
  if (schedule === null || !schedule.enabled || schedule.proveEvery === null) return null;
  return { id: schedule.id, proveEvery: schedule.proveEvery };
}

function nameProven({ name }: Backup, momentAt: Date | null): string {
  return momentAt === null ? `The backup ${name}` : `The backup ${name} with the archive up to ${writeMoment(momentAt.getTime())}`;
}

/** The backup alone, or with what was archived after it up to the moment. */
async function toData(tools: WorkflowTools, { id, projectId, instanceId }: Backup, atMs: number | null) {
  if (atMs === null || instanceId === null) return { kind: 'backup' as const, ...(await findStored(tools, projectId, id)) };
  return findPoint(tools, { projectId, instanceId, atMs, backupId: id });
}

/** Bytes that a replay takes beside the backup. */
async function measureReplay({ store }: WorkflowTools, { id, projectId, instanceId, sourceBytes }: Backup, atMs: number | null) {
  const window = atMs === null || instanceId === null ? null : await store.archives.findWindow(projectId, instanceId);
  const plan = window === null || atMs === null ? null : planRestorePoint(window, atMs, id);
  return plan === null ? 0 : Math.max(0, plan.volumeBytes - (sourceBytes ?? 0));
}

/** `48 tables, 20 compared`: how much is in it, and how much of that could be compared where it was not all. */
function sayFindings(findings: ProofFindings): string {
  const compared = describeCompared(findings);
  return `${writeCount(findings.things, findings.unit.slice(0, -1))}${compared === null ? '' : `, ${compared}`}`;
}

const codes = { good: 'backup-proved', attention: 'backup-not-proved', broken: 'backup-proof-failed' };

async function tell({ store }: WorkflowTools, tx: Tx, backup: Backup, tone: keyof typeof codes, sentence: string): Promise<void> {
  if (backup.instanceId === null) return;
  const code = codes[tone];
  const about = { projectId: backup.projectId, instanceId: backup.instanceId, code, tone, sentence, detail: null };
  await store.events.record(tx, { ...about, at: new Date() });
}

const getGrain = ({ datastore }: Backup) => ({ grainMs: getDatastore(datastore).restoreGrainMs ?? 1 });

async function getBackup({ store }: WorkflowTools, id: string): Promise<Backup> {
  const backup = await store.backups.findForControlPlane(id);
  if (backup === null) throw new GuestboardError('refused', 'The backup does not exist any more.');
  return backup;
}

async function getProof({ store }: WorkflowTools, id: string) {
  const proof = await store.backupProofs.findForControlPlane(id);
  if (proof === null) throw new GuestboardError('operation-lost', 'The backup was deleted meanwhile.');
  return proof;
}
