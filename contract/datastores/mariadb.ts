import type { DatastoreDefinition } from './datastore.ts';

const refuseLetters = (name: string) =>
  /[\u{10000}-\u{10ffff}]/u.test(name) || name.endsWith(' ')
    ? 'MariaDB takes no emoji or other characters beyond the basic plane in a name, and no space at its end.'
    : null;

export const mariadb = {
  title: 'MariaDB',
  mark: 'Ma',
  defaultPort: 3306,
  capabilities: ['configuration', 'accounts', 'connections', 'logs', 'backup', 'archive', 'replication'],
  incrementalBackups: true,
  restoreGrainMs: 1000,
  accountsAtNetworks: true,
  names: {
    refuseUser: (name) =>
      /^(guestboard.*|root|mysql|mariadb\.sys|public|none)$/i.test(name)
        ? 'Names beginning with guestboard, and the words root, mysql, mariadb.sys, public and none, are reserved.'
        : refuseLetters(name),
    refuseDatabase: (name) =>
      /^(mysql|information_schema|performance_schema|sys|#mysql50#.*)$/i.test(name)
        ? 'mysql, information_schema, performance_schema and sys belong to the engine, and so do names beginning with #mysql50#.'
        : refuseLetters(name),
  },
  levels: {
    'read-only': 'Reads every table and view, also those made later. Makes nothing and runs no procedure.',
    'read-write': 'Reads and changes the rows of every table, and runs procedures. Makes and alters no table.',
    full: 'Everything in the database: makes, alters and drops tables, views, procedures and events.',
  },
  metrics: [
    { key: 'queriesPerSecond', title: 'Statements', unit: 'per-second' },
    { key: 'readsPerSecond', title: 'Reads', unit: 'per-second' },
    { key: 'writesPerSecond', title: 'Writes', unit: 'per-second' },
    { key: 'connections', title: 'Connections', unit: 'count' },
    { key: 'runningThreads', title: 'Running statements', unit: 'count' },
    { key: 'bufferPoolHitRatio', title: 'Buffer pool hit', unit: 'ratio' },
    { key: 'rowLockWaitsPerSecond', title: 'Row lock waits', unit: 'per-second' },
    { key: 'tmpDiskTablesPerSecond', title: 'Temporary tables on disk', unit: 'per-second' },
    { key: 'dataBytes', title: 'Data size', unit: 'bytes' },
  ],
} as const satisfies DatastoreDefinition;
