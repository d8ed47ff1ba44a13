import type { DatastoreDefinition, DatastoreDetails } from './datastore.ts';

const presets = [
  { key: 'author', title: 'Author', meaning: 'makes pages, adds to them and reads them' },
  { key: 'reader', title: 'Reader', meaning: 'reads pages' },
] as const;

/** A fourth datastore, which only tests know: the proof of what a datastore takes. Its engine is agent/engines/notebook. */
export const notebook = {
  title: 'Notebook',
  mark: 'Nb',
  defaultPort: 7171,
  capabilities: ['configuration', 'accounts', 'logs'],
  names: {
    refuseUser: (name) =>
      /^(guestboard.*|root)$/i.test(name)
        ? 'Names beginning with guestboard, and the word root, are reserved.'
        : /[\0\n]|^$/.test(name)
          ? 'A name is one line, and not empty.'
          : null,
    refuseDatabase: () => 'A notebook has one database, which is always there.',
    refuseGrant: (grant) => (presets.some(({ key }) => key === grant) ? null : `${grant} is neither author nor reader.`),
  },
  numberedDatabases: true,
  presets,
  leadingMetric: { key: 'connections', title: 'Connections', unit: 'count' },
} as const satisfies DatastoreDefinition;

export const notebookDetails = {
  metrics: [{ key: 'pages', title: 'Pages', unit: 'count' }],
  parameters: {
    longest_row: { title: 'Longest row', type: 'integer', min: 1, max: 1_000_000, needsRestart: false },
    max_clients: { title: 'Clients at most', type: 'integer', min: 2, max: 1000, needsRestart: true },
  },
  snippets: [{ key: 'openssl', title: 'openssl', template: 'openssl s_client -connect {host}:{port} -CAfile {caFile} # as {user}' }],
} as const satisfies DatastoreDetails;
