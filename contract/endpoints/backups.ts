import * as z from 'zod';
import { BackupBytesPerSecond } from '../backup-pace.ts';
import { DatastoreName } from '../datastores/index.ts';
import { Id, Moment, Name } from '../names.ts';
import { Backup } from '../resources/backup.ts';
import { BackupProof } from '../resources/backup-proof.ts';
import { ConfigurationGroup, ParameterValue } from '../resources/configuration-group.ts';
import { Instance } from '../resources/instance.ts';
import { RestoreWindow } from '../resources/restore-window.ts';
import type { Endpoint } from './endpoint.ts';
import { cursor, list, nothing, OperationStarted, page } from './endpoint.ts';

export const backups = {
  listBackups: {
    method: 'GET',
    path: '/api/backups',
    summary: 'Backups of your projects, newest first',
    action: 'catalogue.read',
    scope: 'none',
    query: z.object({ ...cursor, project: z.string().optional(), instance: Id.optional() }),
    output: page(Backup),
    status: 200,
  },
  getBackup: {
    method: 'GET',
    path: '/api/backups/{backupId}',
    summary: 'One backup',
    action: 'backup.read',
    scope: 'backup',
    output: Backup,
    status: 200,
  },
  listBackupProofs: {
    method: 'GET',
    path: '/api/backups/{backupId}/proofs',
    summary: 'Reports of the times a backup was restored for proof, newest first',
    action: 'backup.read',
    scope: 'backup',
    output: list(BackupProof),
    status: 200,
  },
  proveBackup: {
    method: 'POST',
    path: '/api/backups/{backupId}/proofs',
    summary:
      'Restore a backup on a scratch guest, check it and compare it with what was counted when it was made; with `atMs` the archive is replayed up to that moment',
    action: 'backup.prove',
    scope: 'backup',
    body: z.object({ atMs: Moment.nullable().default(null) }),
    output: OperationStarted,
    status: 202,
    idempotent: true,
  },
  deleteBackup: {
    method: 'DELETE',
    path: '/api/backups/{backupId}',
    summary: 'Delete a backup; with `chain=true` and its name as `confirmName` also everything that builds on it',
    action: 'backup.delete',
    scope: 'backup',
    query: z.object({ chain: z.enum(['true', 'false']).default('false'), confirmName: z.string().default('') }),
    output: OperationStarted,
    status: 202,
    idempotent: true,
  },
  getRestoreWindow: {
    method: 'GET',
    path: '/api/instances/{instanceId}/restore-window',
    summary: 'What an instance can be restored to, and what its archive does',
    action: 'backup.read',
    scope: 'instance',
    output: RestoreWindow,
    status: 200,
  },
  setArchiving: {
    method: 'PUT',
    path: '/api/instances/{instanceId}/archiving',
    summary: 'Turn continuous archiving on or off; what is archived stays with the backups that need it',
    action: 'backup-schedule.manage',
    scope: 'instance',
    body: z.object({ enabled: z.boolean() }),
    output: RestoreWindow,
    status: 200,
  },
  setBackupLimit: {
    method: 'PUT',
    path: '/api/instances/{instanceId}/backup-limit',
    summary: 'How fast an instance may be read for backups, those that run included; null is as fast as it goes',
    action: 'backup-schedule.manage',
    scope: 'instance',
    body: z.object({ bytesPerSecond: BackupBytesPerSecond.nullable() }),
    output: Instance,
    status: 200,
  },
  listConfigurationGroups: {
    method: 'GET',
    path: '/api/configuration-groups',
    summary: 'Configuration groups of your projects',
    action: 'catalogue.read',
    scope: 'none',
    query: z.object({ project: z.string().optional() }),
    output: list(ConfigurationGroup),
    status: 200,
  },
  createConfigurationGroup: {
    method: 'POST',
    path: '/api/configuration-groups',
    summary: 'Create a configuration group',
    action: 'configuration-group.manage',
    scope: 'body-project',
    body: z.object({ projectId: z.string(), name: Name, datastore: DatastoreName, values: z.record(z.string(), ParameterValue) }),
    output: ConfigurationGroup,
    status: 201,
    idempotent: true,
  },
  updateConfigurationGroup: {
    method: 'PATCH',
    path: '/api/configuration-groups/{configurationGroupId}',
    summary: 'Replace a group’s values; apply it to its instances afterwards',
    action: 'configuration-group.manage',
    scope: 'configuration-group',
    body: z.object({ values: z.record(z.string(), ParameterValue) }),
    output: ConfigurationGroup,
    status: 200,
  },
  deleteConfigurationGroup: {
    method: 'DELETE',
    path: '/api/configuration-groups/{configurationGroupId}',
    summary: 'Delete a group no instance uses',
    action: 'configuration-group.manage',
    scope: 'configuration-group',
    output: nothing,
    status: 204,
  },
} as const satisfies Record<string, Endpoint>;
