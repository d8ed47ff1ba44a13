import type { DatastoreDefinition } from './datastore.ts';
import { sharedLeadingMetric } from './mysql-compatible.ts';

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
  leadingMetric: sharedLeadingMetric,
} as const satisfies DatastoreDefinition;
