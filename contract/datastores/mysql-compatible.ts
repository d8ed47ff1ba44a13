import type { DatastoreDefinition } from './datastore.ts';

/** What accounts may at each level, and what is measured first: of MariaDB and MySQL alike. */
export const mysqlCompatible = {
  levels: {
    'read-only': 'Reads every table and view, also those made later. Makes nothing and runs no procedure.',
    'read-write': 'Reads and changes the rows of every table, and runs procedures. Makes and alters no table.',
    full: 'Everything in the database: makes, alters and drops tables, views, procedures and events.',
  },
  leadingMetric: { key: 'queriesPerSecond', title: 'Statements', unit: 'per-second' },
} as const satisfies Pick<DatastoreDefinition, 'levels' | 'leadingMetric'>;
