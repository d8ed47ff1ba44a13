import { randomUUID } from 'node:crypto';
import type { BackupManifest } from '#contract/guest/backup-manifest.ts';

/** Of a full backup, as agents wrote it before they signed. */
export function oldManifest({ keyId, ...known }: { instanceId: string; projectId: string; keyId: string }): BackupManifest {
  return {
    ...known,
    format: 'guestboard-backup-1',
    backupId: randomUUID(),
    datastore: 'postgresql',
    version: '15',
    kind: 'full',
    parentId: null,
    startedAtMs: 1000,
    endedAtMs: 2000,
    codec: 'zstd',
    seal: { cipher: 'aes-256-gcm', keyId },
    startPosition: '0/1',
    endPosition: '0/2',
    timeline: 1,
    coordinates: {},
    sourceBytes: 100,
    counts: null,
    parts: [{ name: 'base.tar', sizeBytes: 77, sha256: 'aa' }],
    signature: null,
  };
}
