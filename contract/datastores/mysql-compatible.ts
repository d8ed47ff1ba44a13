import type { DatastoreDefinition } from './datastore.ts';

/** What accounts may at each level, and what is measured: of MariaDB and MySQL alike. */
export const mysqlCompatible = {
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
} as const satisfies Pick<DatastoreDefinition, 'levels' | 'metrics'>;
