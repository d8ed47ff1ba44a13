import { openAccounts } from './accounts.ts';
import { openArchives } from './archives.ts';
import { openAuthorities } from './authorities.ts';
import { openBackupKeys } from './backup-keys.ts';
import { openBackupProofs } from './backup-proofs.ts';
import { openBackupSchedules } from './backup-schedules.ts';
import { openBackups } from './backups.ts';
import { openCatalogue } from './catalogue.ts';
import { openChanges } from './changes.ts';
import { openClones } from './clones.ts';
import { openCommands } from './commands.ts';
import { openConfigurationGroups } from './configuration-groups.ts';
import { openDatabase } from './database.ts';
import { openEstimates } from './estimates.ts';
import { openEvents } from './events.ts';
import { openExecutions } from './executions.ts';
import { openFacts } from './facts.ts';
import { openGuests } from './guests.ts';
import { openIdempotency } from './idempotency.ts';
import { openInstanceDirectory } from './instance-directory.ts';
import { openInstances } from './instances.ts';
import { openInvitations } from './invitations.ts';
import { readKeyRing } from './key-ring.ts';
import { openLeases } from './leases.ts';
import { openMembers } from './members.ts';
import { openMissingBackups } from './missing-backups.ts';
import { openNewInstances } from './new-instance.ts';
import { openOperations } from './operations.ts';
import { openOwedBackups } from './owed-backups.ts';
import { openProjects } from './projects.ts';
import { openQuotas } from './quotas.ts';
import { openRecoveredSpans } from './recovered-spans.ts';
import { openRecovery } from './recovery.ts';
import { openReplicas } from './replicas.ts';
import { openRootHistory } from './root-history.ts';
import { openSamples } from './samples.ts';
import { openScratchGuests } from './scratch-guests.ts';
import { openSecrets } from './secrets.ts';
import { openStorageSweeps } from './storage-sweeps.ts';
import { openStorageTargets } from './storage-targets.ts';
import { openSystemFigures } from './system-figures.ts';
import { openTokens } from './tokens.ts';

export type Store = ReturnType<typeof createStore>;
export type StoreOptions = { databaseUrl: string; keyFile: string; onFault?: (error: Error) => void };

/** The one door to the database: a noun each, which take and give contract resources; every commit announces itself through `changes`. */
export function createStore({ databaseUrl, keyFile, onFault }: StoreOptions) {
  const keyRing = readKeyRing(keyFile);
  const database = openDatabase(databaseUrl, onFault);
  const changes = openChanges(database);
  const secrets = openSecrets(database, keyRing);
  const instances = openInstances(database, changes);
  const backups = openBackups(database, changes, instances);
  const archives = openArchives(database);
  const configurationGroups = openConfigurationGroups(database, changes);
  const events = openEvents(database, changes);
  const quotas = openQuotas(database, changes);
  const storageTargets = openStorageTargets(database, changes, secrets);
  const operations = openOperations(database, changes, { secrets, quotas, estimates: openEstimates(database) });
  return {
    /** For `server/identity` (better-auth's adapter) and the other sub-stores; nobody else writes SQL. */
    database,
    transact: database.transact,
    changes,
    secrets,
    /** A secret of the control plane made from the newest key: the same on every replica, never stored. */
    derive: keyRing.derive,
    accounts: openAccounts(database, changes),
    projects: openProjects(database, changes, storageTargets),
    quotas,
    members: openMembers(database, changes),
    invitations: openInvitations(database, changes),
    tokens: openTokens(database, changes),
    idempotency: openIdempotency(database, secrets),
    authorities: openAuthorities(database, secrets),
    instances,
    clones: openClones(changes, { instances, events }),
    scratchGuests: openScratchGuests(database, instances),
    instanceDirectory: openInstanceDirectory(changes, instances),
    newInstances: openNewInstances(database, { instances, operations, secrets, events }),
    operations,
    executions: openExecutions(database, changes),
    commands: openCommands(database, changes),
    facts: openFacts({ instances, backups, archives, configurationGroups, operations, quotas, storageTargets }),
    guests: openGuests(database, changes),
    leases: openLeases(database, instances),
    replicas: openReplicas(database),
    events,
    rootHistory: openRootHistory(database, events),
    samples: openSamples(database),
    backups,
    backupProofs: openBackupProofs(database, { backups, instances }),
    archives,
    backupSchedules: openBackupSchedules(database, changes),
    owedBackups: openOwedBackups(database),
    backupKeys: openBackupKeys(database, secrets),
    catalogue: openCatalogue(database, secrets),
    recoveredSpans: openRecoveredSpans(database),
    missingBackups: openMissingBackups(database, backups, events),
    recovery: openRecovery(database, secrets),
    systemFigures: openSystemFigures(database),
    configurationGroups,
    storageSweeps: openStorageSweeps(database),
    storageTargets,
    close: () => database.close(),
  };
}
