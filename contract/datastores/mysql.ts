import type { DatastoreDefinition } from './datastore.ts';

const refuseLetters = (name: string) =>
  /[\u{10000}-\u{10ffff}]/u.test(name) || name.trim() !== name
    ? 'MySQL takes no emoji or other characters beyond the basic plane in a name, and no space around it.'
    : null;

export const mysql = {
  title: 'MySQL',
  mark: 'My',
  defaultPort: 3306,
  capabilities: ['configuration', 'accounts', 'connections', 'logs', 'backup'],
  accountsAtNetworks: true,
  names: {
    refuseUser: (name) =>
      /^(guestboard.*|root|mysql|mysql\..*)$/i.test(name)
        ? 'Names beginning with guestboard or with mysql., and the words root and mysql, are reserved.'
        : name.length > 32
          ? 'A user of MySQL has at most 32 letters in its name.'
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
