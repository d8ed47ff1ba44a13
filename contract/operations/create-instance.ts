import * as z from 'zod';
import { DatastoreName, getDatastore } from '../datastores/index.ts';
import { defaultFlavorId, defaultVolumeBytes, FlavorId, getFlavor, VolumeBytes } from '../flavors.ts';
import { Grants } from '../grants.ts';
import { Cidr, Id, Moment, Name, NewDatabaseName, NewUserName, SealablePassword } from '../names.ts';
import { BackupScheduleSettings } from '../resources/backup-schedule.ts';
import { planRestorePoint, refusePoint } from '../restore-window.ts';
import { explainDenial } from '../rights.ts';
import { isBeingDeleted } from './delete-backup.ts';
import { refuseFirstAccounts } from './first-accounts.ts';
import { defineOperation, type OperationFacts, type Refusal, refuseTaken, step } from './operation.ts';
import { describeUnfit, refuseSize, sayTooSmall, volumeShare } from './restore-fit.ts';
import { refuseSchedule } from './schedule-fit.ts';

export const CreateInstanceInput = z.object({
  name: Name,
  datastore: DatastoreName,
  version: z.string().min(1),
  flavorId: FlavorId.default(defaultFlavorId),
  volumeBytes: VolumeBytes.default(defaultVolumeBytes),
  databases: z
    .array(z.object({ name: NewDatabaseName }))
    .max(20)
    .default([]),
  /** Left out, a password is generated and can be revealed on the connection card. */
  users: z
    .array(z.object({ name: NewUserName, password: SealablePassword.optional(), databases: Grants.default([]) }))
    .max(20)
    .default([]),
  allowedCidrs: z.array(Cidr).min(1).max(50).default(['127.0.0.1/32']),
  configurationGroupId: Id.optional(),
  from: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('empty') }),
      z.object({ kind: z.literal('backup'), backupId: Id }),
      z.object({ kind: z.literal('replica'), sourceId: Id }),
      /** As the instance was at this moment, milliseconds since the epoch: what was committed up to then, and nothing later. Where moments are a second apart, as at the whole one before. */
      z.object({ kind: z.literal('point-in-time'), instanceId: Id, atMs: Moment }),
    ])
    .default({ kind: 'empty' }),
  /** The schedule that it is backed up by from the start; null makes none. */
  protection: BackupScheduleSettings.nullable().default(null),
});
export type CreateInstanceInput = z.infer<typeof CreateInstanceInput>;

export const createInstance = defineOperation({
  title: 'Create instance',
  verb: 'Create instance',
  danger: 'none',
  action: 'instance.create',
  subject: 'new-instance',
  runningStatus: 'BUILD',
  input: CreateInstanceInput,
  steps: ['reserve-guest', 'admit-replica', 'initialise', 'start', 'create-accounts', 'verify'],
  plan: (_facts, input) => [
    step('reserve-guest', 'Reserve guest', { cancellable: true }),
    ...(input.from.kind === 'replica' ? [step('admit-replica', 'Admit replica at the source')] : []),
    step('initialise', initialiseTitles[input.from.kind], { cancellable: true }),
    step('start', 'Start database'),
    ...(input.from.kind === 'empty' ? [step('create-accounts', 'Create databases and users')] : []),
    step('verify', 'Verify that it answers'),
  ],
  takes: (_facts, input) =>
    input === null ? {} : { instances: 1, ram: getFlavor(input.flavorId).memoryBytes, volumes: input.volumeBytes },
  refuse: (facts, input) => {
    if (input === null) return null;
    const { title, capabilities, accountsAtNetworks } = getDatastore(input.datastore);
    const refuse = (field: string, reason: string) => ({ field, reason });
    const accounts = refuseFirstAccounts(input);
    if (accounts !== null) return accounts;
    const taken = refuseTaken(facts, input.name);
    if (taken !== null) return taken;
    if (input.from.kind === 'backup' && !capabilities.includes('backup'))
      return refuse('datastore', `${title} cannot be restored from a backup here yet.`);
    if (input.from.kind === 'replica' && !capabilities.includes('replication'))
      return refuse('datastore', `${title} has no replicas here yet.`);
    if (input.configurationGroupId !== undefined) {
      const group = facts.configurationGroups.find((candidate) => candidate.id === input.configurationGroupId);
      if (!group) return refuse('configurationGroupId', 'The configuration group does not exist in this project.');
      if (String(group.datastore) !== input.datastore)
        return refuse('configurationGroupId', `The configuration group is for ${getDatastore(group.datastore).title}.`);
    }
    const unprotected = refuseProtection(facts, input);
    if (unprotected !== null) return unprotected;
    const { from } = input;
    if (from.kind === 'backup') {
      const backup = facts.backups.find((candidate) => candidate.id === from.backupId);
      if (!backup) return refuse('from.backupId', 'The backup does not exist in this project.');
      const unfit = describeUnfit(facts, backup);
      if (unfit !== null) return refuse('from.backupId', unfit);
      if (String(backup.datastore) !== input.datastore || backup.version !== input.version)
        return refuse('version', `The backup is of ${getDatastore(backup.datastore).title} ${backup.version}; choose the same version.`);
      return refuseSize(input, backup);
    }
    if (from.kind === 'point-in-time') return refuseRestorePoint(facts, input, from);
    if (from.kind === 'replica') {
      const source = facts.set.find((candidate) => candidate.id === from.sourceId);
      if (!source) return refuse('from.sourceId', 'The source does not exist in this project.');
      if (source.role === 'replica') return refuse('from.sourceId', 'A replica of a replica is not supported. Choose its source.');
      if (source.operationId !== null) return refuse('from.sourceId', 'The source is busy with an operation. Wait until it ends.');
      if (source.guest?.processState !== 'running') return refuse('from.sourceId', 'The source is not running. Start it first.');
      if (String(source.datastore) !== input.datastore || source.version !== input.version)
        return refuse('version', 'A replica has the datastore version of its source.');
      if (accountsAtNetworks && !haveSame(source.allowedCidrs, input.allowedCidrs))
        return refuse(
          'allowedCidrs',
          `The users of ${title} belong to networks and are copied: allow the networks of the source, ${source.allowedCidrs.join(', ')}.`,
        );
      if (source.volumeBytes > input.volumeBytes)
        return refuse('volumeBytes', 'A replica needs a volume at least as large as its source’s.');
      if (getFlavor(source.flavorId).memoryBytes > getFlavor(input.flavorId).memoryBytes) {
        return refuse(
          'flavorId',
          'A replica needs at least the flavor of its source; fewer connections than the source would stop its recovery.',
        );
      }
    }
    return null;
  },
  sentence: (_facts, input) => `Creating ${input.name}.`,
});

/** By what refuses such a schedule where the instance is there already. */
function refuseProtection(facts: OperationFacts, { datastore, protection }: CreateInstanceInput): Refusal {
  if (!protection) return null;
  const refuse = (reason: string) => ({ field: 'protection', reason });
  const denial = explainDenial(facts.actor, 'backup-schedule.manage', facts);
  if (denial !== null) return { ...refuse(`A backup schedule deletes old backups. ${denial}`), code: 'not-allowed' };
  const { title, capabilities } = getDatastore(datastore);
  if (!capabilities.includes('backup')) return refuse(`${title} has no backups here yet.`);
  const unfit = refuseSchedule(facts, datastore, protection);
  return unfit === null ? null : { ...unfit, field: `protection.${unfit.field}` };
}

function haveSame(one: readonly string[], other: readonly string[]): boolean {
  return [...new Set(one)].sort().join() === [...new Set(other)].sort().join();
}

const initialiseTitles = {
  empty: 'Initialise data folder',
  backup: 'Fetch backup',
  replica: 'Copy from the source',
  'point-in-time': 'Fetch backup and archive, recover to the point',
} as const;

/** Whatever would make recovery fail half-way is found before anything is made. */
function refuseRestorePoint(
  facts: OperationFacts,
  input: CreateInstanceInput,
  { instanceId, atMs }: { instanceId: string; atMs: number },
): Refusal {
  const { set, restoreWindows, backups } = facts;
  const refuse = (field: string, reason: string) => ({ field, reason });
  const window = restoreWindows?.find((candidate) => candidate.instanceId === instanceId);
  const source = set.find((candidate) => candidate.id === instanceId);
  if (window === undefined) return refuse('from.instanceId', 'The instance does not exist in this project, or was never archived.');
  if (source !== undefined) {
    const { datastore, flavorId } = source;
    // Before an upgrade it was of another version, and so is what is restored from then.
    const base = planRestorePoint(window, atMs)?.backupId;
    const version = backups.find(({ id }) => id === base)?.version ?? source.version;
    if (datastore !== input.datastore || version !== input.version)
      return refuse('version', `The archive is of ${getDatastore(datastore).title} ${version}; choose the same datastore and version.`);
    if (getFlavor(input.flavorId).memoryBytes < getFlavor(flavorId).memoryBytes)
      return refuse(
        'flavorId',
        `Recovery needs at least the flavor of ${source.name}, ${getFlavor(flavorId).title}: with less memory or fewer connections it may stop.`,
      );
  }
  const refused = refusePoint(window, atMs);
  if (refused !== null) return refused;
  const plan = planRestorePoint(window, atMs);
  const base = backups.find(({ id }) => id === plan?.backupId);
  if (base !== undefined && isBeingDeleted(facts, base))
    return refuse('from.atMs', `${base.name}, which this moment is restored from, is being deleted. Try again when it is gone.`);
  const tooSmall = base === undefined ? null : refuseSize(input, base);
  if (tooSmall !== null) return tooSmall;
  if (plan !== null && plan.volumeBytes > input.volumeBytes * volumeShare)
    return refuse('volumeBytes', sayTooSmall('the base backup and what is replayed on it', plan.volumeBytes));
  return null;
}
