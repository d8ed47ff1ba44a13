import type { DatastoreDefinition } from './datastore.ts';
import { sharedLeadingMetric } from './mysql-compatible.ts';

const refuseLetters = (name: string) =>
  /[\u{10000}-\u{10ffff}]/u.test(name) || name.endsWith(' ')
    ? 'MariaDB takes no emoji or other characters beyond the basic plane in a name, and no space at its end.'
    : null;

export const mariadb = {
  title: 'MariaDB',
  mark: 'Ma',
  defaultPort: 3306,
  capabilities: ['configuration', 'accounts', 'connections', 'logs', 'backup', 'archive', 'upgrade', 'replication'],
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
  leadingMetric: sharedLeadingMetric,
} as const satisfies DatastoreDefinition;
