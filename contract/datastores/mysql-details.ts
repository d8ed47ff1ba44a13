import type { DatastoreDetails } from './datastore.ts';
import { sharedLevels, sharedMetrics, sharedParameters, sharedSnippets } from './mysql-compatible-details.ts';

export const mysqlDetails = {
  metrics: sharedMetrics,
  levels: sharedLevels,
  nameHints: {
    user: 'Up to 32 letters and 63 bytes, without emoji and the like, and no space around it; it is quoted for you.',
    database: 'Up to 63 bytes, without emoji and the like, and no space around it; it is quoted for you.',
  },
  parameters: {
    ...sharedParameters,
    max_execution_time: {
      title: 'Time-out of reading statements',
      type: 'integer',
      unit: 'ms',
      min: 0,
      max: 4_294_967_295,
      needsRestart: false,
    },
    table_open_cache: { title: 'Open tables kept', type: 'integer', min: 10, max: 524_288, needsRestart: false },
    transaction_isolation: {
      title: 'Default isolation',
      type: 'enum',
      values: ['READ-UNCOMMITTED', 'READ-COMMITTED', 'REPEATABLE-READ', 'SERIALIZABLE'],
      needsRestart: false,
    },
  },
  snippets: [
    {
      key: 'mysql',
      title: 'mysql',
      template:
        "mysql --host={host} --port={port} --user='{user|shell}' --password --ssl-mode=VERIFY_IDENTITY --ssl-ca={caFile} --database='{database|shell}'",
    },
    sharedSnippets.uri,
    sharedSnippets.node,
    sharedSnippets.python,
    {
      key: 'java',
      title: 'Java',
      template:
        '// The driver takes the authority from a trust store: keytool -importcert -noprompt -alias guestboard -file {caFile} -keystore ca.p12 -storepass public-anyway\nvar url = "jdbc:mysql://{host}:{port}/{database|uri}?sslMode=VERIFY_IDENTITY&trustCertificateKeyStoreUrl=file:ca.p12&trustCertificateKeyStoreType=PKCS12&trustCertificateKeyStorePassword=public-anyway";\nvar connection = DriverManager.getConnection(url, "{user|double}", System.getenv("MYSQL_PWD"));',
    },
    sharedSnippets.go,
  ],
} as const satisfies DatastoreDetails;
