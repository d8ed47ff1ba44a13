import path from 'node:path';
import type { GuestIdentity } from '#contract/guest/identity.ts';

/** Every file and program of one PostgreSQL guest, and the names of the accounts that are ours inside it. */
export type Place = ReturnType<typeof createPlace>;

export const adminRole = 'guestboard_admin';
/** A plain account without rights, to learn whether ordinary logins are taken. */
export const probeRole = 'guestboard_probe';
/** Exists while tenant growth is being stopped, with connection limit 0 once it is: visible from every database, and copied to replicas and backups. */
export const stoppedRole = 'guestboard_stopped';
/** What `stoppedRole` is commented with once the tenants' logins are closed, too; before that with the bytes of `sharedBytes`. */
export const closedMark = 'closed';
export const ownerRolePrefix = 'guestboard_owner_';

export function createPlace(identity: GuestIdentity) {
  const under = (...parts: string[]) => path.join(identity.folder, ...parts);
  return {
    instanceId: identity.instanceId,
    port: identity.port,
    listenAddress: identity.listenAddress,
    majorVersion: Number.parseInt(identity.version, 10),
    postgres: path.join(identity.binFolder, 'postgres'),
    initdb: path.join(identity.binFolder, 'initdb'),
    data: under('data'),
    /** A data folder that is not complete yet; renamed to `data` when it is. */
    making: under('data.making'),
    /** The data folder a fresh copy is about to replace. */
    replaced: under('data.replaced'),
    run: under('run'),
    logs: under('logs'),
    conf: under('conf'),
    tmp: under('tmp'),
    settingsFile: under('conf', 'settings.json'),
    configFile: under('conf', 'postgresql.conf'),
    parametersFile: under('conf', 'parameters.conf'),
    standbyFile: under('conf', 'standby.conf'),
    hbaFile: under('conf', 'pg_hba.conf'),
    identFile: under('conf', 'pg_ident.conf'),
    certificateFile: under('conf', 'server.crt'),
    keyFile: under('conf', 'server.key'),
    sourceCaFile: under('conf', 'source-ca.crt'),
    passFile: under('conf', 'source.pgpass'),
    startupLog: under('logs', 'startup.log'),
    pidFile: under('data', 'postmaster.pid'),
    controlFile: under('data', 'global', 'pg_control'),
    standbySignal: under('data', 'standby.signal'),
    socketFile: under('run', `.s.PGSQL.${identity.port}`),
  };
}
