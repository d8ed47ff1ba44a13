import path from 'node:path';
import type { Installation, InstallStep } from '../dialect.ts';
import { quoteAccount } from '../sql.ts';

/**
 * The server fills the folder itself, with a root that has no password. Before it ever takes a connection it is started once with
 * statements that make our administrator and drop that root, the last of which ends it. Syncs are left out: a folder that is not complete is thrown away.
 */
export function installMysql({
  binFolder,
  folder,
  tmp,
  noFiles,
  administrator,
  statementsFile,
  sizes,
}: Installation): readonly InstallStep[] {
  const command = path.join(binFolder, 'mysqld');
  const shared = [
    '--no-defaults',
    `--datadir=${folder}`,
    `--tmpdir=${tmp}`,
    `--secure-file-priv=${noFiles}`,
    '--character-set-server=utf8mb4',
    `--innodb-redo-log-capacity=${sizes.logBytes}`,
    '--innodb-flush-method=nosync',
    '--innodb-doublewrite=0',
    '--auto-generate-certs=OFF',
    '--caching-sha2-password-auto-generate-rsa-keys=OFF',
    '--skip-log-bin',
    '--skip-networking',
    '--mysqlx=OFF',
    '--performance-schema=OFF',
    '--innodb-buffer-pool-size=67108864',
  ];
  const admin = quoteAccount({ user: administrator, host: 'localhost' });
  return [
    { command, args: [...shared, '--initialize-insecure'] },
    {
      command,
      args: [
        ...shared,
        // Relative to the folder, whose own path may be too long for a socket.
        '--socket=installing',
        '--pid-file=installing.pid',
        '--plugin-load-add=auth_socket.so',
        `--init-file=${statementsFile}`,
      ],
      statements: [
        `CREATE USER ${admin} IDENTIFIED WITH auth_socket`,
        `GRANT ALL PRIVILEGES ON *.* TO ${admin} WITH GRANT OPTION`,
        "DROP USER 'root'@'localhost'",
        'SHUTDOWN',
      ],
    },
  ];
}
