import { existsSync } from 'node:fs';
import path from 'node:path';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import { findGuestFolders } from '../../guest-folders.ts';

/** Every file and program of one Redis guest, and the names of the accounts that are ours inside it. */
export type Place = ReturnType<typeof createPlace>;

export const adminUser = 'guestboard_admin';
/** May say PING and nothing else: whether ordinary logins are taken. */
export const probeUser = 'guestboard_probe';
/** Nobody logs in as it: its patterns of keys carry the tenants’ accounts to whoever copies, since Redis copies no accounts. */
export const carrierUser = 'guestboard_accounts';

export function createPlace(identity: GuestIdentity) {
  const under = (...parts: string[]) => path.join(identity.folder, ...parts);
  return {
    ...findGuestFolders(identity),
    server: findServerProgram(identity),
    client: path.join(identity.binFolder, `${nameKind(identity)}-cli`),
    configFile: under('conf', 'redis.conf'),
    accountsFile: under('conf', 'accounts.json'),
    aclFile: under('conf', 'users.acl'),
    adminPasswordFile: under('conf', 'admin.secret'),
    sourceCaFile: under('conf', 'source-ca.crt'),
    sourceSecretFile: under('conf', 'source.secret'),
    serverLog: under('logs', 'redis.log'),
    /** Increments of the append-only file that are not archived yet, by a second name. */
    kept: under('kept'),
    slowLog: under('logs', 'slow.log'),
    pidFile: under('run', 'redis.pid'),
    socketFile: under('run', 's'),
    /** Of a server that reads the data for another version. */
    upgradeSocketFile: under('run', 'u'),
    upgradeLog: under('tmp', 'upgrade.log'),
    /** Names the files that hold the data; there since the first start. */
    manifestFile: under('data', 'appendonlydir', 'appendonly.aof.manifest'),
  };
}

/**
 * The server by the name of its version. Debian's tools hold the very same program under the name of a checker: which it is, it knows by
 * the name it is started with. So no package with a service of its own is needed.
 */
function findServerProgram({ binFolder, version }: GuestIdentity): { file: string; name: string } {
  const kind = nameKind({ version });
  const name = `${kind}-server`;
  const candidates = [name, `${kind}-check-rdb`].map((program) => path.join(binFolder, program));
  return { file: candidates.find((file) => existsSync(file)) ?? path.join(binFolder, name), name };
}

function nameKind({ version }: Pick<GuestIdentity, 'version'>): 'valkey' | 'redis' {
  return version.startsWith('valkey') ? 'valkey' : 'redis';
}
