import type { DatastoreDefinition } from './datastore.ts';

export const postgresql = {
  title: 'PostgreSQL',
  mark: 'Pg',
  defaultPort: 5432,
  capabilities: [
    'configuration',
    'accounts',
    'ownership',
    'extensions',
    'connections',
    'logs',
    'backup',
    'archive',
    'upgrade',
    'replication',
  ],
  names: {
    refuseUser: (name) =>
      /^(pg_|guestboard)/i.test(name) || name === 'public' || name === 'none' || name === 'root'
        ? 'Names beginning with pg_ or guestboard, and the words root, public and none, are reserved.'
        : null,
    refuseDatabase: (name) =>
      ['postgres', 'template0', 'template1'].includes(name) ? 'postgres, template0 and template1 belong to the engine.' : null,
  },
  leadingMetric: { key: 'transactionsPerSecond', title: 'Transactions', unit: 'per-second' },
} as const satisfies DatastoreDefinition;
