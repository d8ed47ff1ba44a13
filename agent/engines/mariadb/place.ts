import { userInfo } from 'node:os';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import { findGuestFolders } from '../../guest-folders.ts';
import { getDialect } from './dialects/index.ts';

/** Every file and program of one guest, and what its server's words are. */
export type Place = ReturnType<typeof createPlace>;

/** Our own accounts live at `localhost`, which is the guest's own socket alone; tenants' never do. Without rights or password: whether ordinary logins are taken. */
export const probeUser = 'guestboard_probe';
/** A locked account that exists while tenant growth is stopped. */
export const stoppedUser = 'guestboard_stopped';
/** The same for while DELETE is stopped, too. */
export const stoppedRowsUser = 'guestboard_stopped_rows';
/** How the names of our own accounts begin, wherever they come from: those that copy, too. */
export const oursPattern = 'guestboard\\_%';

export function createPlace(identity: GuestIdentity) {
  const under = (...parts: string[]) => path.join(identity.folder, ...parts);
  const { binFolder } = identity;
  const prefix = path.dirname(binFolder);
  const dialect = getDialect(identity);
  return {
    ...findGuestFolders(identity),
    dialect,
    binFolder,
    prefix,
    serverProgram: path.join(binFolder, dialect.program),
    copyProgram: path.join(prefix, 'bin', 'mariadb-backup'),
    unpackProgram: path.join(prefix, 'bin', 'mbstream'),
    /** What a copy in the making says of itself; the copy itself is streamed. */
    copying: under('tmp', 'copying'),
    /** The same of a copy for a replica, which may be made beside a backup. */
    giving: under('tmp', 'giving'),
    /** Where the server lays down a copy of itself. */
    cloned: under('data.copying'),
    /** Empty, and closed even to the server: the only folder SQL may name files in. */
    noFiles: under('tmp', 'none'),
    /** What the installer's server says first. */
    statementsFile: under('conf', 'first-statements.sql'),
    configFile: under('conf', `${dialect.datastore}.cnf`),
    /** Who signed the server's certificate. */
    authorityFile: under('conf', 'authority.crt'),
    sourceCaFile: under('conf', 'source-ca.crt'),
    sourceSecretFile: under('conf', 'source.secret'),
    /** From which file of the binary log on the archive still needs it. */
    archivedFile: under('conf', 'archived'),
    /** The archived log while it is replayed, and the socket of the server that does. */
    replaying: under('tmp', 'replaying'),
    replaySocketFile: under('run', 'r'),
    /** The data folder a fresh copy is about to replace. */
    replaced: under('data.replaced'),
    errorLog: under('logs', 'error.log'),
    slowLog: under('logs', 'slow.log'),
    generalLog: under('logs', 'general.log'),
    pidFile: under('run', `${dialect.program}.pid`),
    socketFile: under('run', 's'),
    systemSpace: under('data', 'ibdata1'),
    /** Where statements lay down what they sort and join outside memory. */
    spillFolders: [under('tmp'), under('data', '#innodb_temp')],
  };
}

/** The administrator has the name of the guest's own system account: that is whom the socket lets in without a password. */
export function adminUser(): string {
  try {
    return userInfo().username;
  } catch (error) {
    throw new GuestboardError('engine-unavailable', 'The account this guest runs as has no name on this host.', { cause: error });
  }
}
