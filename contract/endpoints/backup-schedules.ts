import { Id } from '../names.ts';
import {
  BackupSchedule,
  BackupScheduleChange,
  BackupSchedulePreview,
  BackupScheduleSettings,
  ProveEvery,
} from '../resources/backup-schedule.ts';
import { StorageChoice } from '../resources/storage-choice.ts';
import type { Endpoint } from './endpoint.ts';
import { list, nothing } from './endpoint.ts';

export const backupSchedules = {
  listBackupSchedules: {
    method: 'GET',
    path: '/api/instances/{instanceId}/backup-schedules',
    summary: 'When an instance is backed up by itself',
    action: 'backup.read',
    scope: 'instance',
    output: list(BackupSchedule),
    status: 200,
  },
  createBackupSchedule: {
    method: 'POST',
    path: '/api/instances/{instanceId}/backup-schedules',
    summary: 'Back up an instance by a schedule, which runs with the asker’s rights',
    action: 'backup-schedule.manage',
    scope: 'instance',
    body: BackupScheduleSettings,
    output: BackupSchedule,
    status: 201,
    idempotent: true,
  },
  previewBackupSchedule: {
    method: 'POST',
    path: '/api/instances/{instanceId}/backup-schedules/preview',
    summary: 'What a schedule would do: in words, its next five runs, and what it would delete next; changes nothing',
    action: 'backup.read',
    scope: 'instance',
    body: BackupScheduleSettings.extend({ scheduleId: Id.nullable().default(null) }),
    output: BackupSchedulePreview,
    status: 200,
  },
  updateBackupSchedule: {
    method: 'PATCH',
    path: '/api/backup-schedules/{backupScheduleId}',
    summary: 'Change, pause or resume a schedule, which from then on runs with the asker’s rights',
    action: 'backup-schedule.manage',
    scope: 'backup-schedule',
    // A default would change what was left out.
    body: BackupScheduleChange.partial().extend({ proveEvery: ProveEvery.optional(), storage: StorageChoice.optional() }),
    output: BackupSchedule,
    status: 200,
  },
  runBackupSchedule: {
    method: 'POST',
    path: '/api/backup-schedules/{backupScheduleId}/run',
    summary: 'Make the schedule’s next run due now',
    action: 'backup.create',
    scope: 'backup-schedule',
    output: BackupSchedule,
    status: 202,
  },
  deleteBackupSchedule: {
    method: 'DELETE',
    path: '/api/backup-schedules/{backupScheduleId}',
    summary: 'Delete a schedule; its backups stay',
    action: 'backup-schedule.manage',
    scope: 'backup-schedule',
    output: nothing,
    status: 204,
  },
} as const satisfies Record<string, Endpoint>;
