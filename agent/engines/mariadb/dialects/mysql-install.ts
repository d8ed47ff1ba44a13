import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import type { Installation, InstallStep } from '../dialect.ts';
import type { Sizes } from '../sizing.ts';
import { quoteAccount } from '../sql.ts';

/**
 * The server fills the folder itself, with a root that has no password. Before it ever takes a connection it is started once with
 * statements that make our administrator and drop that root, the last of which ends it.
 */
export function installMysql(at: Installation, sizes: Sizes): readonly InstallStep[] {
  const admin = quoteAccount({ user: at.administrator, host: 'localhost' });
  return [
    { command: toProgram(at), args: [...toArguments(at), `--innodb-redo-log-capacity=${sizes.logBytes}`, '--initialize-insecure'] },
    say(at, [
      // A number of its own: what a parameter allows each user would hold for us, too, and keep us from changing it back.
      `CREATE USER ${admin} IDENTIFIED WITH auth_socket WITH MAX_USER_CONNECTIONS 10000`,
      `GRANT ALL PRIVILEGES ON *.* TO ${admin} WITH GRANT OPTION`,
      "DROP USER 'root'@'localhost'",
    ]),
  ];
}

/** A start makes a copied folder whole; in the same one the administrator it came with gets the name of ours. */
export function takeOverMysql(at: Installation, earlier: string): readonly InstallStep[] {
  const account = (user: string) => quoteAccount({ user, host: 'localhost' });
  if (earlier === at.administrator) return [say(at, [])];
  return [say(at, [`DROP USER IF EXISTS ${account(at.administrator)}`, `RENAME USER ${account(earlier)} TO ${account(at.administrator)}`])];
}

/** A start that says only this, and ends. */
function say(at: Installation, statements: readonly string[]): InstallStep {
  // It ends a statement where a line ends with a semicolon, whatever is quoted.
  if (statements.some((statement) => /[\r\n]/.test(statement)))
    throw new GuestboardError('backup-damaged', 'The name of the administrator in the backup is none.');
  return {
    command: toProgram(at),
    args: [
      ...toArguments(at),
      // Relative to the folder, whose own path may be too long for a socket.
      '--socket=installing',
      '--pid-file=installing.pid',
      '--plugin-load-add=auth_socket.so',
      `--init-file=${at.statementsFile}`,
    ],
    statements: [...statements, 'SHUTDOWN'],
  };
}

function toProgram({ binFolder }: Installation): string {
  return path.join(binFolder, 'mysqld');
}

/** Syncs are left out: a folder that is not complete is thrown away. */
function toArguments({ folder, tmp, noFiles }: Installation): string[] {
  return [
    '--no-defaults',
    `--datadir=${folder}`,
    `--tmpdir=${tmp}`,
    `--secure-file-priv=${noFiles}`,
    '--character-set-server=utf8mb4',
    '--innodb-flush-method=nosync',
    '--innodb-doublewrite=0',
    '--auto-generate-certs=OFF',
    '--caching-sha2-password-auto-generate-rsa-keys=OFF',
    '--skip-log-bin',
    '--skip-replica-start',
    '--skip-networking',
    '--mysqlx=OFF',
    '--performance-schema=OFF',
    '--innodb-buffer-pool-size=67108864',
  ];
}
