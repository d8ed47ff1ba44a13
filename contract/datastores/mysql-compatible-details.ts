import type { DatastoreDetails } from './datastore.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** What accounts may at each level: of MariaDB and MySQL alike. */
export const sharedLevels = {
  'read-only': 'Reads every table and view, also those made later. Makes nothing and runs no procedure.',
  'read-write': 'Reads and changes the rows of every table, and runs procedures. Makes and alters no table.',
  full: 'Everything in the database: makes, alters and drops tables, views, procedures and events.',
} as const satisfies NonNullable<DatastoreDetails['levels']>;

/** What MariaDB and MySQL call the same, and mean the same by. */
export const sharedMetrics = [
  { key: 'selectsPerSecond', title: 'SELECT', unit: 'per-second' },
  { key: 'insertsPerSecond', title: 'INSERT', unit: 'per-second' },
  { key: 'updatesPerSecond', title: 'UPDATE', unit: 'per-second' },
  { key: 'deletesPerSecond', title: 'DELETE', unit: 'per-second' },
  { key: 'otherStatementsPerSecond', title: 'Other statements (REPLACE, DDL, …)', unit: 'per-second' },
  { key: 'connections', title: 'Connections', unit: 'count' },
  { key: 'runningThreads', title: 'Running statements', unit: 'count' },
  { key: 'bufferPoolHitRatio', title: 'Buffer pool hit', unit: 'ratio' },
  { key: 'rowLockWaitsPerSecond', title: 'Row lock waits', unit: 'per-second' },
  { key: 'tmpDiskTablesPerSecond', title: 'Temporary tables on disk', unit: 'per-second' },
  { key: 'dataBytes', title: 'Data size', unit: 'bytes' },
] as const satisfies DatastoreDetails['metrics'];

export const sharedParameters = {
  max_connections: { title: 'Connections at most', type: 'integer', min: 10, max: 100_000, needsRestart: false },
  max_user_connections: { title: 'Connections per user at most', type: 'integer', min: 0, max: 100_000, needsRestart: false },
  wait_timeout: { title: 'Idle connection time-out', type: 'integer', unit: 's', min: 1, max: 31_536_000, needsRestart: false },
  interactive_timeout: {
    title: 'Idle interactive time-out',
    type: 'integer',
    unit: 's',
    min: 1,
    max: 31_536_000,
    needsRestart: false,
  },
  lock_wait_timeout: { title: 'Metadata lock time-out', type: 'integer', unit: 's', min: 1, max: 31_536_000, needsRestart: false },
  innodb_lock_wait_timeout: {
    title: 'Row lock time-out',
    type: 'integer',
    unit: 's',
    min: 1,
    max: 100_000_000,
    needsRestart: false,
  },
  max_allowed_packet: {
    title: 'Largest packet',
    type: 'integer',
    unit: 'bytes, a multiple of 1024',
    min: 16 * 1024,
    max: GiB,
    needsRestart: false,
  },
  tmp_table_size: { title: 'Temporary table in memory', type: 'integer', unit: 'bytes', min: 1024, max: 16 * GiB, needsRestart: false },
  sort_buffer_size: { title: 'Memory per sort', type: 'integer', unit: 'bytes', min: 1024, max: GiB, needsRestart: false },
  join_buffer_size: { title: 'Memory per join', type: 'integer', unit: 'bytes', min: 128, max: GiB, needsRestart: false },
  innodb_io_capacity: { title: 'Background writes per second', type: 'integer', min: 100, max: 1_000_000, needsRestart: false },
  innodb_buffer_pool_size: {
    title: 'Buffer pool',
    type: 'integer',
    unit: 'bytes',
    min: 16 * MiB,
    max: 16 * 1024 * GiB,
    needsRestart: true,
  },
  innodb_autoinc_lock_mode: { title: 'Auto-increment locking', type: 'enum', values: ['0', '1', '2'], needsRestart: true },
  back_log: { title: 'Connections waiting at most', type: 'integer', min: 1, max: 65_535, needsRestart: true },
  slow_query_log: { title: 'Log slow statements', type: 'boolean', needsRestart: false },
  long_query_time: { title: 'Slow is longer than', type: 'number', unit: 's', min: 0, max: 31_536_000, needsRestart: false },
  log_queries_not_using_indexes: { title: 'Log statements without an index', type: 'boolean', needsRestart: false },
  general_log: {
    title: 'Log every statement',
    type: 'boolean',
    needsRestart: false,
    warning:
      'The log general then holds every statement of every user, with the data in it, readable by all who may read logs. It slows the server; switch it off when you have seen what you need.',
  },
  event_scheduler: { title: 'Run events', type: 'boolean', needsRestart: false },
} as const satisfies DatastoreDetails['parameters'];

/** Programs that speak to either. */
export const sharedSnippets = {
  uri: {
    key: 'uri',
    title: 'URI',
    template: 'mysql://{user|uri}:{password|uri}@{host}:{port}/{database|uri}?ssl-mode=VERIFY_CA&ssl-ca={caFile}',
  },
  node: {
    key: 'node',
    title: 'Node',
    template:
      "import { readFileSync } from 'node:fs';\nimport mysql from 'mysql2/promise';\n\nconst connection = await mysql.createConnection({\n  host: '{host}',\n  port: {port},\n  database: '{database|single}',\n  user: '{user|single}',\n  password: process.env.MYSQL_PWD,\n  ssl: { ca: readFileSync('{caFile}', 'utf8') },\n});",
  },
  python: {
    key: 'python',
    title: 'Python',
    template:
      'import os\nimport pymysql\n\nconnection = pymysql.connect(\n    host="{host}",\n    port={port},\n    database="{database|double}",\n    user="{user|double}",\n    password=os.environ["MYSQL_PWD"],\n    ssl_ca="{caFile}",\n    ssl_verify_cert=True,\n    ssl_verify_identity=True,\n)',
  },
  go: {
    key: 'go',
    title: 'Go',
    template:
      'pem, err := os.ReadFile("{caFile}")\nif err != nil {\n\tlog.Fatal(err)\n}\nroots := x509.NewCertPool()\nroots.AppendCertsFromPEM(pem)\nconfig := mysql.NewConfig()\nconfig.Net, config.Addr = "tcp", "{host}:{port}"\nconfig.DBName, config.User = "{database|double}", "{user|double}"\nconfig.Passwd = os.Getenv("MYSQL_PWD")\nconfig.TLS = &tls.Config{RootCAs: roots, ServerName: "{host}"}\nconnector, err := mysql.NewConnector(config)\ndb := sql.OpenDB(connector)',
  },
} as const satisfies Record<string, DatastoreDetails['snippets'][number]>;
