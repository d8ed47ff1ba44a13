import { healthyFacts } from '../guest/healthy-facts.testsuite.ts';
import type { Backup } from '../resources/backup.ts';
import type { Instance } from '../resources/instance.ts';
import type { OperationFacts } from './operation.ts';

export const now = Date.parse('2026-11-23T08:00:00Z');
export const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const instance: Instance = {
  id: id(1),
  revision: 1,
  projectId: 'p',
  name: 'orders-db',
  datastore: 'postgresql',
  version: '15',
  flavorId: 'gb.1g',
  volumeBytes: 2 * 1024 ** 3,
  role: 'standalone',
  sourceId: null,
  host: '127.0.0.1',
  port: 15000,
  allowedCidrs: [],
  firstDatabase: null,
  firstUser: null,
  configurationGroupId: null,
  appliedValues: null,
  desiredState: 'running',
  runningStatus: null,
  errored: false,
  operationId: null,
  guest: { ...healthyFacts, startedAtMs: now },
  agentSeenAt: new Date(now - 500).toISOString(),
  heartbeatIntervalMs: 1000,
  agentVersion: '1',
  protocolVersion: 1,
  clockSkewMs: 0,
  lastBackupAt: null,
  damagedBackups: 0,
  lastProof: null,
  backupBytesPerSecond: null,
  unsettledRestoreId: null,
  dataSince: null,
  createdAt: new Date(now).toISOString(),
  updatedAt: new Date(now).toISOString(),
};
export const replica: Instance = { ...instance, id: id(2), name: 'orders-db-2', role: 'replica', sourceId: id(1) };
/** A healthy set of two, and a backup of theirs. */
export const source: Instance = { ...instance, role: 'source' };
export const backup: Backup = {
  id: id(3),
  revision: 1,
  projectId: 'p',
  instanceId: id(1),
  instanceName: 'orders-db',
  name: 'nightly',
  datastore: 'postgresql',
  version: '15',
  kind: 'full',
  parentId: null,
  storageTargetId: null,
  state: 'COMPLETED',
  sizeBytes: 1,
  sourceBytes: 3 * 1024 ** 3,
  volumeBytes: 4 * 1024 ** 3,
  operationId: null,
  scheduleId: null,
  createdBy: 'operator',
  createdAt: new Date(now).toISOString(),
  endedAt: null,
  failure: null,
  missingSince: null,
  proof: null,
};
const actor = { accountId: 'a', name: 'A', operator: true, memberships: [], tokenId: null };
export const facts = (rest: Partial<OperationFacts> = {}): OperationFacts => ({
  projectId: 'p',
  instance,
  set: [instance],
  backups: [],
  configurationGroups: [],
  actor,
  running: null,
  ...rest,
});
