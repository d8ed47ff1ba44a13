import * as z from 'zod';
import { getDatastore } from '../datastores/definitions.ts';
import type { Instance } from '../resources/instance.ts';
import { estimateAway, kindOf, listUpgrades, refuseUpgrade } from '../upgrades.ts';
import { defineOperation, type OperationFacts, type Refusal, refuseUnlessRunning, spareBackups, step } from './operation.ts';

const input = z.object({
  /** As the host names it. The instance's own: the newest programs of that. */
  version: z.string().min(1, 'Choose a version.').max(40).meta({ title: 'Version' }),
  /** Only for another version than its own. */
  confirmName: z.string().default(''),
});

/**
 * Newer programs of the version an instance has: its replicas are restarted on them first. Or another version: everything is written out of
 * the old data into new, and the old is kept until the new has answered.
 */
export const upgradeVersion = defineOperation({
  title: 'Upgrade version',
  verb: 'Upgrade',
  danger: 'interrupts',
  action: 'instance.operate',
  subject: 'instance',
  runningStatus: 'UPGRADE',
  claims: 'set',
  input,
  steps: ['store', 'build', 'switch', 'verify', 'settle', 'back-up'],
  plan: (facts, { version }) => {
    const [target, old] = [nameVersion(facts, version), facts.instance?.version ?? ''];
    if (isMinor(facts, version)) {
      const replicas = listReplicas(facts).length;
      const first = replicas === 0 ? '' : `its ${replicas === 1 ? 'replica' : `${replicas} replicas`}, then `;
      return [
        step('switch', `Restart ${first}${facts.instance?.name ?? 'it'} on ${target}`, { resumable: false }),
        step('verify', 'Verify the version at the engine', { resumable: false }),
      ];
    }
    return [
      step('store', 'Make a safety backup', { cancellable: true, resumable: false }),
      step('build', `Stop, and write everything into a new ${target} beside it`, { cancellable: true, resumable: false }),
      step('switch', `Put the data of ${old} aside, start on ${target}`, { resumable: false }),
      step('verify', 'Verify the version at the engine', { resumable: false }),
      step('settle', `Remove the data of ${old}`),
      step('back-up', 'Make a full backup of the new data', { cancellable: true }),
    ];
  },
  takes: (facts, given) => (given === null || isMinor(facts, given.version) ? {} : { backups: 2 }),
  spare: spareBackups,
  refuse: (facts, given, nowMs) => {
    const refusal = refuseUnlessRunning(facts, nowMs) ?? refuseAbsentReplicas(facts);
    const { instance, versions } = facts;
    if (refusal !== null || instance === null) return refusal;
    if (instance.unsettledRestoreId !== null)
      return { reason: 'A restore in place is not settled: the data of before and the restored data lie here. Settle the restore first.' };
    if (given === null) {
      if (versions === undefined || listUpgrades(instance, versions).length > 0) return null;
      return { reason: refuseUpgrade(instance, versions, instance.version) ?? '' };
    }
    const reason = versions === undefined ? null : refuseUpgrade(instance, versions, given.version);
    if (reason !== null) return { reason, field: 'version' };
    if (isMinor(facts, given.version)) return null;
    const refused = refuseKin(facts) ?? refuseRoom(instance) ?? refuseFound(facts, given.version);
    if (refused !== null) return refused;
    return given.confirmName === instance.name
      ? null
      : { reason: 'The typed name differs from the instance’s name.', field: 'confirmName' };
  },
  confirm: {
    typed: false,
    typedName: (facts, { version }) =>
      version === undefined || version === '' || isMinor(facts, version) ? null : (facts.instance?.name ?? ''),
    goes: (facts, given) =>
      given?.version === '' ? [] : given?.version && !isMinor(facts, given.version) ? goesOfMajor(facts) : goesOfMinor(facts),
    stays: (facts, given) =>
      given?.version === ''
        ? []
        : given?.version && !isMinor(facts, given.version)
          ? [
              'Databases, users with their passwords, owners, rights, settings, the name and the address.',
              'The present state, in a safety backup made first.',
              `The data of ${facts.instance?.version} beside the new until that answers; if it does not, it comes back.`,
            ]
          : ['Data, backups, accounts, settings and the address.'],
  },
  about: (facts, { version }) => `to ${nameVersion(facts, version)}`,
  sentence: (facts, { version }) => `Upgrading ${facts.instance?.name} to ${nameVersion(facts, version)}.`,
});

function goesOfMinor(facts: OperationFacts): string[] {
  return [
    'Every connection is closed; clients must connect again. Open transactions are rolled back.',
    ...(listReplicas(facts).length > 0 ? ['Its replicas are away one after another, before it is.'] : []),
  ];
}

function goesOfMajor({ instance }: OperationFacts): string[] {
  return [
    `Reads and writes, for ${estimateAway(instance?.guest?.volumeUsedBytes ?? 0)}: everything is written anew. The backup is made before, while it runs.`,
    `Restores in place from earlier backups: those are of ${instance?.version} and restore to a new instance of that version.`,
    'Moments during the upgrade: the continuous archive ends before it and begins anew with a full backup, which follows by itself.',
    `The way back to ${instance?.version}, once the new version has answered: what is written from then on is in the new one alone.`,
  ];
}

function isMinor({ instance }: OperationFacts, version: string): boolean {
  return instance === null || kindOf(instance, version) === 'minor';
}

function listReplicas({ instance, set }: OperationFacts): Instance[] {
  return set.filter((member) => member.sourceId !== null && member.sourceId === instance?.id);
}

/** One that should run and does not would be left behind on the old programs, and nobody would know why it stays away. */
function refuseAbsentReplicas(facts: OperationFacts): Refusal {
  const absent = listReplicas(facts).find(({ desiredState, guest }) => desiredState === 'running' && guest?.processState !== 'running');
  return absent === undefined ? null : { reason: `Its replica ${absent.name} does not run. Start it, stop it or delete it first.` };
}

function refuseKin(facts: OperationFacts): Refusal {
  const replicas = listReplicas(facts);
  const field = 'version';
  if (facts.instance?.role === 'replica')
    return { field, reason: 'A replica has the version of its source and cannot go before it. Detach it first, and upgrade it then.' };
  if (replicas.length === 0) return null;
  const names = replicas.map(({ name }) => name).join(', ');
  return {
    field,
    reason: `Its replicas cannot follow another version: ${names}. Detach or delete them first, and make new ones afterwards.`,
  };
}

/** Both copies lie on the volume until the new one has answered. */
function refuseRoom({ guest, volumeBytes }: Instance): Refusal {
  const used = guest?.volumeUsedBytes ?? 0;
  if (used * 2 <= volumeBytes * 0.9) return null;
  const [has, needs] = [volumeBytes, (used * 2) / 0.9].map((bytes) => `${(bytes / 1024 ** 3).toFixed(1)} GB`);
  return {
    field: 'version',
    reason: `The data is written a second time beside itself: that needs a volume of ${needs}, and this one has ${has}. Enlarge it first.`,
  };
}

/** What its own server said, where it was asked. */
function refuseFound({ instance, upgradeFindings: found }: OperationFacts, version: string): Refusal {
  if (found == null || instance === null) return null;
  const { title } = getDatastore(instance.datastore);
  const field = 'version';
  if (found.missingPrograms.length > 0)
    return {
      field,
      reason: `${title} ${instance.version} has no ${found.missingPrograms.join(' and ')} on this host, without which its data cannot be written out. Install the client programs of that version.`,
    };
  const [extension] = found.missingExtensions;
  if (extension !== undefined) {
    const list = found.missingExtensions.map(({ name, database }) => `${name} (${database})`).join(', ');
    return { field, reason: `${title} ${version} on this host lacks extensions that are used: ${list}. Drop or install them first.` };
  }
  if (found.closedDatabases.length > 0)
    return {
      field,
      reason: `These databases take no connections and cannot be read: ${found.closedDatabases.join(', ')}. Open or drop them first.`,
    };
  return null;
}

function nameVersion({ instance, versions }: OperationFacts, version: string): string {
  if (instance === null) return version;
  const found = versions?.find((one) => one.datastore === instance.datastore && one.version === version);
  return `${getDatastore(instance.datastore).title} ${found?.full ?? version}`;
}
