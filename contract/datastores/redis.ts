import type { DatastoreDefinition } from './datastore.ts';

const presets = [
  { key: 'application', title: 'Application', meaning: 'reads and writes keys, runs scripts, publishes and subscribes' },
  { key: 'read-only', title: 'Read-only', meaning: 'reads keys and subscribes' },
  { key: 'administrator', title: 'Administrator', meaning: 'also empties and swaps databases and reads the list of slow commands' },
] as const;

export const redis = {
  title: 'Redis',
  mark: 'Re',
  defaultPort: 6379,
  capabilities: ['configuration', 'accounts', 'connections', 'logs', 'backup', 'archive', 'upgrade', 'replication'],
  restoreGrainMs: 1000,
  dataMemoryShare: 0.55,
  refuseUpgrade: (from, to) => {
    const [old, fresh] = [from, to].map((version) => version.startsWith('valkey')) as [boolean, boolean];
    // What each of the two writes since they parted, the other does not read.
    if (old === fresh || (fresh && /^7\.[02]$/.test(from))) return null;
    return `${fresh ? 'Valkey' : 'Redis'} does not read what ${old ? 'Valkey' : 'Redis'} ${from.replace(/^valkey-/, '')} writes. Make a new instance and copy the keys.`;
  },
  names: {
    refuseUser: (name) =>
      /^(guestboard.*|root|default)$/i.test(name)
        ? 'Names beginning with guestboard, and the words root and default, are reserved.'
        : /\s|\0|^$/.test(name)
          ? 'Redis takes no spaces in the name of a user.'
          : null,
    refuseDatabase: () => 'The databases of Redis are numbered and always there: none is made or dropped.',
    refuseGrant: (grant) => {
      if (
        /^\+(@(admin|dangerous)|(acl|config|module|debug|cluster|failover|replicaof|slaveof|shutdown|monitor|migrate|restore)(\||$))/i.test(
          grant,
        )
      )
        return `The rule ${grant} gives what belongs to the server, its host or other accounts. No user may have it.`;
      return presets.some(({ key }) => key === grant) || /^((~|%(R|W|RW|WR)~|&)[^\s\0]+|[+-]@?[a-z][\w.|-]*)$/i.test(grant)
        ? null
        : `${grant} is neither one of ${presets.map(({ key }) => key).join(', ')} nor a rule such as ~cart:*, %R~log:*, &news:*, +@hash or -del.`;
    },
  },
  speaksTlsFirst: true,
  numberedDatabases: true,
  presets,
  leadingMetric: { key: 'commandsPerSecond', title: 'Commands', unit: 'per-second' },
} as const satisfies DatastoreDefinition;
