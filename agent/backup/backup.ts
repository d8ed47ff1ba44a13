import { sayPace } from '#contract/backup-pace.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { BackupManifest } from '#contract/guest/backup-manifest.ts';
import type { Answers, CommandContext } from '#contract/guest/commands.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import type { BackupKey, StoredBackup } from '#contract/guest/stored-backup.ts';
import { openStorage } from '#drivers/storage/index.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import type { EngineHost } from '../engine.ts';
import { checkRestored } from './check.ts';
import type { Copier } from './copier.ts';
import { countQuietly, toCounts } from './counts.ts';
import { assertStored, markBegun, readManifest, removeMark, removeObjects, writeManifest } from './manifest.ts';
import { type Part, storePart } from './parts.ts';
import type { Prover } from './prover.ts';
import { createReplacing, type Replaced } from './replace.ts';

/** What an engine gives: how it is copied, how it is proved, and what is put aside when its data is replaced. */
export type BackupParts = { copier: Copier; prover: Prover; replaced: Replaced };

/** One streaming pipeline for every engine: the copy is packed, sealed, checksummed and stored as it comes; the manifest goes last. */
export function createBackup(host: EngineHost, { copier, prover, replaced }: BackupParts): Answers<'backup'> {
  const { identity } = host;
  return {
    create: async ({ backupId, storage: address, key, parent }, context) => {
      const storage = await openStorage(address, identity.backupFolder);
      const finished = await readManifest(storage, backupId, { keys: [key], unsigned: [] });
      if (finished !== null) {
        await removeMark(storage, backupId);
        return { manifest: finished };
      }
      await removeObjects(storage, backupId);
      const startedAtMs = host.now();
      const base = parent === null ? null : await readParent(storage, parent, key, identity);
      const before = await countQuietly(prover, context.signal);
      const quietFromMs = host.now();
      const copy = await copier.copy({
        label: `guestboard ${backupId}`,
        parent: base,
        context: sayLimit(host.pace, context),
        pace: host.pace,
      });
      try {
        await markBegun(storage, { backupId, projectId: identity.projectId, instanceId: identity.instanceId, startedAtMs }, context.signal);
        const parts: Part[] = [];
        for await (const part of copy.parts) {
          parts.push(await storePart(storage, part, { backupId, codec: copy.codec, key, signal: context.signal }));
        }
        const unsigned = {
          format: 'guestboard-backup-1' as const,
          backupId,
          instanceId: identity.instanceId,
          projectId: identity.projectId,
          datastore: identity.datastore,
          version: identity.version,
          kind: base === null ? ('full' as const) : ('incremental' as const),
          parentId: base?.backupId ?? null,
          startedAtMs,
          endedAtMs: host.now(),
          codec: copy.codec,
          seal: { cipher: 'aes-256-gcm' as const, keyId: key.id },
          ...(await copy.end()),
          counts: toCounts(backupId, before, await countQuietly(prover, context.signal), quietFromMs),
          parts,
        };
        context.signal.throwIfAborted();
        await assertStored(storage, backupId, parts);
        const manifest = await writeManifest(storage, unsigned, key, context.signal);
        // The backup is whole: a mark that stays does no harm.
        await removeMark(storage, backupId).catch(() => {});
        return { manifest };
      } catch (error) {
        await removeObjects(storage, backupId).catch(() => {});
        throw error;
      } finally {
        await copy.close();
      }
    },
    limit: async ({ bytesPerSecond }) => {
      await host.setPace(bytesPerSecond);
      return {};
    },
    check: (input, context) => checkRestored(prover, input, context),
    ...createReplacing({ identity, copier, replaced, setExchanged: host.setExchanged }),
  };
}

/** Whoever watches a backup sees that it is slow on purpose. */
function sayLimit(pace: EngineHost['pace'], context: CommandContext): CommandContext {
  return {
    ...context,
    progress: (step) => {
      const limit = pace.get();
      if (limit === null) return context.progress(step);
      context.progress({ ...step, detail: [`limited to ${sayPace(limit)}`, step.detail].filter(Boolean).join(' · ') });
    },
  };
}

type Parent = Pick<StoredBackup, 'backupId' | 'unsigned' | 'signatures'>;

/** Never a full backup instead, which somebody would take for the end of a chain. */
async function readParent(
  storage: Storage,
  { backupId, ...known }: Parent,
  key: BackupKey,
  { instanceId, version }: GuestIdentity,
): Promise<BackupManifest> {
  const manifest = await readManifest(storage, backupId, { keys: [key], ...known });
  if (manifest === null)
    throw new GuestboardError('not-found', 'The backup to add to is not complete in the backup storage.', { detail: backupId });
  if (manifest.instanceId !== instanceId || manifest.version !== version)
    throw new GuestboardError('refused', 'The backup to add to is of another instance or version.', { detail: backupId });
  return manifest;
}
