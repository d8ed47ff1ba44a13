import path from 'node:path';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import { findGuestFolders } from '../../guest-folders.ts';

/** Every file and program of one PostgreSQL guest, and the names of the accounts that are ours inside it. */
export type Place = ReturnType<typeof createPlace>;

export const adminRole = 'guestboard_admin';
/** A plain account without rights, to learn whether ordinary logins are taken. */
export const probeRole = 'guestboard_probe';
/** Exists while tenant growth is being stopped, with connection limit 0 once it is: visible from every database, and copied to replicas and backups. */
export const stoppedRole = 'guestboard_stopped';
/** The slot that keeps what the continuous archive has not stored yet. */
export const archiveSlot = 'guestboard_archive';
/** What `stoppedRole` is commented with once the tenants' logins are closed, too; before that with the bytes of `sharedBytes`. */
export const closedMark = 'closed';

export function createPlace(identity: GuestIdentity) {
  const under = (...parts: string[]) => path.join(identity.folder, ...parts);
  return {
    ...findGuestFolders(identity),
    majorVersion: Number.parseInt(identity.version, 10),
    postgres: path.join(identity.binFolder, 'postgres'),
    initdb: path.join(identity.binFolder, 'initdb'),
    /** The data folder a fresh copy is about to replace. */
    replaced: under('data.replaced'),
    configFile: under('conf', 'postgresql.conf'),
    parametersFile: under('conf', 'parameters.conf'),
    standbyFile: under('conf', 'standby.conf'),
    hbaFile: under('conf', 'pg_hba.conf'),
    identFile: under('conf', 'pg_ident.conf'),
    sourceCaFile: under('conf', 'source-ca.crt'),
    passFile: under('conf', 'source.pgpass'),
    pidFile: under('data', 'postmaster.pid'),
    controlFile: under('data', 'global', 'pg_control'),
    standbySignal: under('data', 'standby.signal'),
    recoverySignal: under('data', 'recovery.signal'),
    /** Where a copy tells from which place of the log on it is whole; put aside by the server that has read it. */
    backupLabel: under('data', 'backup_label'),
    socketFile: under('run', `.s.PGSQL.${identity.port}`),
  };
}
