import type { DatastoreDetails } from './datastore.ts';
import { sharedLevels, sharedMetrics, sharedParameters, sharedSnippets } from './mysql-compatible-details.ts';

const namesHint = 'Up to 63 bytes, without emoji and the like, and no space at its end; it is quoted for you.';

export const mariadbDetails = {
  metrics: sharedMetrics,
  levels: sharedLevels,
  nameHints: { user: namesHint, database: namesHint },
  parameters: {
    ...sharedParameters,
    max_statement_time: { title: 'Statement time-out', type: 'number', unit: 's', min: 0, max: 31_536_000, needsRestart: false },
    table_open_cache: { title: 'Open tables kept', type: 'integer', min: 10, max: 1_048_576, needsRestart: false },
    performance_schema: { title: 'Performance schema', type: 'boolean', needsRestart: true },
    tx_isolation: {
      title: 'Default isolation',
      type: 'enum',
      values: ['READ-UNCOMMITTED', 'READ-COMMITTED', 'REPEATABLE-READ', 'SERIALIZABLE'],
      needsRestart: false,
    },
  },
  snippets: [
    {
      key: 'mariadb',
      title: 'mariadb',
      template:
        "mariadb --host={host} --port={port} --user='{user|shell}' --password --ssl-ca={caFile} --ssl-verify-server-cert --database='{database|shell}'",
    },
    sharedSnippets.uri,
    sharedSnippets.node,
    sharedSnippets.python,
    {
      key: 'java',
      title: 'Java',
      // The driver takes a database's name in the URL as it stands there, escapes and all.
      template:
        'var url = "jdbc:mariadb://{host}:{port}/?sslMode=verify-full&serverSslCert={caFile}";\nvar connection = DriverManager.getConnection(url, "{user|double}", System.getenv("MYSQL_PWD"));\nconnection.setCatalog("{database|double}");',
    },
    sharedSnippets.go,
  ],
} as const satisfies DatastoreDetails;
