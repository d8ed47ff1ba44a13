/** Every key of the query cache. Live changes find what to touch by these, so no other file writes a key. */
export const keys = {
  me: ['me'],
  instances: ['instances'],
  instance: (id: string) => ['instance', id],
  operations: (filter: OperationsFilter) => ['operations', filter],
  everyOperations: ['operations'],
  operation: (id: string) => ['operation', id],
  events: (instanceId: string) => ['events', instanceId],
  samples: (instanceId: string) => ['samples', instanceId],
  backups: (filter: BackupsFilter) => ['backups', filter],
  everyBackups: ['backups'],
  backupSchedules: (instanceId: string) => ['backup-schedules', instanceId],
  everyBackupSchedule: ['backup-schedules'],
  backupSchedulePreview: (instanceId: string, asked: unknown) => ['backup-schedule-preview', instanceId, asked],
  backup: (id: string) => ['backup', id],
  configurationGroups: ['configuration-groups'],
  projects: ['projects'],
  members: (projectId: string) => ['members', projectId],
  invitations: (projectId: string) => ['invitations', projectId],
  tokens: ['tokens'],
  datastoreVersions: ['datastore-versions'],
  flavors: ['flavors'],
  system: ['system'],
  databases: (instanceId: string) => ['databases', instanceId],
  users: (instanceId: string) => ['users', instanceId],
  connections: (instanceId: string) => ['connections', instanceId],
  root: (instanceId: string) => ['root', instanceId],
  logs: (instanceId: string) => ['logs', instanceId],
} as const;

export type OperationsFilter = { instance?: string; active?: boolean; limit?: number };
export type BackupsFilter = { instance?: string };
