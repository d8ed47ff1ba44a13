import { BackupManifest } from '#contract/guest/backup-manifest.ts';
import { proveBackup } from '#contract/operations/prove-backup.ts';
import { planRestorePoint, toWholeMoment } from '#contract/restore-window.ts';
import { findAsker } from './scheduled-backups.ts';
import type { HeldSchedule } from './store/backup-schedules.ts';
import type { Tx } from './store/database.ts';
import type { Store } from './store/store.ts';

type Asked = { backupId: string; atMs: number | null };

const Copied = BackupManifest.pick({ endedAtMs: true });

/**
 * The newest backup of a schedule is really restored, in the name of the schedule. So is the one before it where an archive leads on from
 * there: replayed up to the end of the newest, it must have what was counted then.
 */
export function createScheduledProofs({ store }: { store: Store }) {
  async function planReplay({ projectId, instanceId }: HeldSchedule, newestId: string): Promise<Asked | null> {
    const window = await store.archives.findWindow(projectId, instanceId);
    const newest = Copied.safeParse(await store.backups.findManifest(newestId)).data;
    const growing = window?.windows.at(-1);
    if (window === null || newest === undefined || !growing?.isOpen) return null;
    const atMs = toWholeMoment(window, newest.endedAtMs - 1);
    // The archive may be a few seconds late, for which the proof waits.
    const plan = planRestorePoint(window, Math.min(atMs, growing.toMs));
    return plan && { backupId: plan.backupId, atMs };
  }

  async function say(tx: Tx, { projectId, instanceId }: HeldSchedule, { atMs }: Asked, reason: string, nowMs: number): Promise<void> {
    const what =
      atMs === null
        ? 'Its newest backup was not restored for proof'
        : 'What was archived up to its newest backup was not replayed for proof';
    const event = {
      projectId,
      instanceId,
      code: 'proof-refused',
      tone: 'attention' as const,
      sentence: `${what}: ${reason}`,
      detail: null,
    };
    await store.events.record(tx, { ...event, at: new Date(nowMs) });
  }

  return {
    async ask(tx: Tx, schedule: HeldSchedule, newestId: string, nowMs: number): Promise<void> {
      const { projectId, instanceId } = schedule;
      const newest: Asked = { backupId: newestId, atMs: null };
      const { actor, denial } = await findAsker(store, schedule, 'backup.prove');
      if (actor === null) return say(tx, schedule, newest, denial, nowMs);
      const name = (await store.instances.findForControlPlane(instanceId))?.name ?? '';
      const replay = await planReplay(schedule, newestId);
      for (const input of [newest, ...(replay === null ? [] : [replay])]) {
        const facts = await store.facts.load(projectId, null, actor, null, input);
        const refusal = proveBackup.refuse(facts, input, nowMs);
        if (refusal !== null) await say(tx, schedule, input, refusal.reason, nowMs);
        else await store.operations.open(tx, { name: 'prove-backup', input, facts, actor, instance: { id: instanceId, name } });
      }
    },
  };
}
