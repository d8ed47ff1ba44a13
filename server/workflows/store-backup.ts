import { writeCount } from '#contract/count-text.ts';
import { GuestboardError, toFault } from '#contract/errors.ts';
import { BackupManifest } from '#contract/guest/backup-manifest.ts';
import type { StorageChoice } from '#contract/resources/storage-choice.ts';
import { formatBytes } from '#contract/size-text.ts';
import { ensureArchive } from './await-archive.ts';
import { chooseTarget, findAddress, findParent } from './backup-storage.ts';
import type { StepContext, Workflow, WorkflowContext } from './workflow.ts';

/** `backupId` where it is not the operation's own. */
type Context = Pick<WorkflowContext, 'tools' | 'operationId' | 'actor' | 'instance'> & { backupId?: string };
/** `isOfNewData`: other data was put in place a moment ago. */
type Asked = { name: string; parentId: string | null; storage: StorageChoice; isOfNewData?: boolean };
type Outcome = Parameters<NonNullable<Workflow<'create-backup'>['undo']>>[1];

/** A backup of the operation's instance. Its id is the operation's, or given by it: however often this is repeated, there is one. */
export async function storeBackup(
  { tools, operationId, backupId = operationId, actor, asked, ...context }: Context & { asked: Asked },
  inside: StepContext,
): Promise<undefined> {
  const { store } = tools;
  const { parentId } = asked;
  const instance = await context.instance();
  const storageTargetId = await chooseTarget(tools, instance.projectId, asked);
  await store.transact(async (tx) => {
    const data = {
      projectId: instance.projectId,
      instanceId: instance.id,
      instanceName: instance.name,
      name: asked.name,
      kind: parentId === null ? 'full' : 'incremental',
      parentId,
      datastore: instance.datastore,
      version: instance.version,
      operationId,
      createdBy: actor.name,
      volumeBytes: BigInt(instance.volumeBytes),
    };
    const known = await store.backups.findForControlPlane(backupId);
    if (known === null) {
      await store.backups.insert(tx, { id: backupId, state: 'SAVING', storageTargetId, ...data });
    } else {
      // A schedule has put it down already; one that was begun stays where it was begun.
      const place = known.state === 'NEW' ? { storageTargetId } : {};
      await store.backups.change(tx, backupId, { state: 'SAVING', failure: null, endedAt: null, ...place });
    }
  });
  if (parentId === null) await ensureArchive(tools, instance, inside, asked.isOfNewData ? Date.now() : 0);
  await tellLimit(store, instance.id, inside);
  const { manifest } = await inside.command(
    instance.id,
    'backup.create',
    {
      backupId,
      storage: await findAddress(tools, backupId),
      key: await store.backupKeys.ensure(instance.projectId),
      parent: parentId === null ? null : await findParent(tools, parentId),
    },
    { deadlineMs: 24 * 3_600_000 },
  );
  await store.transact((tx) => store.backups.change(tx, backupId, { manifest }));
  return undefined;
}

/** A limit that was set a moment ago holds for this one already. An agent that is away is told when it is back; no backup fails for that. */
async function tellLimit(store: Context['tools']['store'], id: string, inside: StepContext): Promise<void> {
  const [limit] = await store.instances.listBackupLimits([id]);
  await inside.query(id, 'backup.limit', { bytesPerSecond: limit?.bytesPerSecond ?? null }, 5000).catch((error: unknown) => {
    if (!['agent-unreachable', 'agent-timeout', 'not-implemented'].includes(toFault(error).code)) throw error;
  });
}

type Known = Pick<Context, 'tools' | 'operationId' | 'backupId'>;

export async function recordBackup({ tools: { store }, operationId, backupId = operationId }: Known): Promise<string> {
  const manifest = BackupManifest.safeParse(await store.backups.findManifest(backupId));
  const parentId = (await store.backups.findForControlPlane(backupId))?.parentId ?? null;
  if (!manifest.success || manifest.data.backupId !== backupId || manifest.data.parentId !== parentId || manifest.data.parts.length === 0) {
    throw new GuestboardError('backup-damaged', 'The guest’s description of the backup is not complete.');
  }
  const { parts, sourceBytes } = manifest.data;
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  const ended = { state: 'COMPLETED', sizeBytes: BigInt(sizeBytes), sourceBytes: BigInt(Math.round(sourceBytes)), endedAt: new Date() };
  await store.transact((tx) => store.backups.change(tx, backupId, ended));
  return `${formatBytes(sizeBytes)} in ${writeCount(parts.length, 'part')}`;
}

/** What became of one that was not completed. A completed one stays what it is, whatever happened after it. */
export async function settleBackup({ tools: { store }, operationId, backupId = operationId }: Known, outcome: Outcome): Promise<void> {
  const known = await store.backups.findForControlPlane(backupId);
  if (known === null || known.state === 'COMPLETED') return;
  const failure = outcome.state === 'failed' ? outcome.sentence : null;
  const state = outcome.state === 'failed' ? 'FAILED' : 'CANCELLED';
  await store.transact((tx) => store.backups.change(tx, backupId, { state, failure, endedAt: new Date() }));
}
