import type { DatastoreDetails } from './datastore.ts';

export const postgresqlDetails = {
  levels: {
    'read-only': 'Reads every table, also those that others make later. Makes nothing, not even a temporary table.',
    'read-write': 'Reads and changes the rows of every table, also of those made later. Makes and alters no table.',
    full: 'Everything in the database: makes, alters and drops tables, and what one makes the others with full rights may alter.',
  },
  metrics: [
    { key: 'connections', title: 'Connections', unit: 'count' },
    { key: 'activeConnections', title: 'Active connections', unit: 'count' },
    { key: 'cacheHitRatio', title: 'Cache hit', unit: 'ratio' },
    { key: 'databaseBytes', title: 'Database size', unit: 'bytes' },
  ],
  parameters: {
    work_mem: { title: 'Memory per sort or hash', type: 'integer', unit: 'kB', min: 64, max: 2_147_483_647, needsRestart: false },
    maintenance_work_mem: {
      title: 'Memory for maintenance',
      type: 'integer',
      unit: 'kB',
      min: 1024,
      max: 2_147_483_647,
      needsRestart: false,
    },
    max_connections: { title: 'Connections at most', type: 'integer', min: 10, max: 10_000, needsRestart: true },
    shared_buffers: { title: 'Shared buffers', type: 'integer', unit: '8kB', min: 16, max: 1_073_741_823, needsRestart: true },
    effective_cache_size: {
      title: 'Planner’s idea of the cache',
      type: 'integer',
      unit: '8kB',
      min: 1,
      max: 2_147_483_647,
      needsRestart: false,
    },
    statement_timeout: { title: 'Statement time-out', type: 'integer', unit: 'ms', min: 0, max: 2_147_483_647, needsRestart: false },
    lock_timeout: { title: 'Lock time-out', type: 'integer', unit: 'ms', min: 0, max: 2_147_483_647, needsRestart: false },
    idle_in_transaction_session_timeout: {
      title: 'Idle in transaction time-out',
      type: 'integer',
      unit: 'ms',
      min: 0,
      max: 2_147_483_647,
      needsRestart: false,
    },
    log_min_duration_statement: {
      title: 'Log statements slower than',
      type: 'integer',
      unit: 'ms',
      min: -1,
      max: 2_147_483_647,
      needsRestart: false,
    },
    log_connections: { title: 'Log connections', type: 'boolean', needsRestart: false },
    log_lock_waits: { title: 'Log lock waits', type: 'boolean', needsRestart: false },
    autovacuum_naptime: { title: 'Autovacuum pause', type: 'integer', unit: 's', min: 1, max: 2_147_483, needsRestart: false },
    autovacuum_max_workers: { title: 'Autovacuum workers', type: 'integer', min: 1, max: 64, needsRestart: true },
    random_page_cost: { title: 'Cost of a random page', type: 'number', min: 0, max: 1e10, needsRestart: false },
    default_transaction_isolation: {
      title: 'Default isolation',
      type: 'enum',
      values: ['read committed', 'repeatable read', 'serializable'],
      needsRestart: false,
    },
    timezone: { title: 'Time zone', type: 'string', needsRestart: false },
  },
  snippets: [
    {
      key: 'psql',
      title: 'psql',
      template:
        "psql 'host={host} port={port} dbname={database|conninfo|shell} user={user|conninfo|shell} sslmode=verify-full sslrootcert={caFile}'",
    },
    {
      key: 'uri',
      title: 'URI',
      template: 'postgresql://{user|uri}:{password|uri}@{host}:{port}/{database|uri}?sslmode=verify-full&sslrootcert={caFile}',
    },
    {
      key: 'node',
      title: 'Node',
      template:
        "import { readFileSync } from 'node:fs';\nimport pg from 'pg';\n\nconst client = new pg.Client({\n  host: '{host}',\n  port: {port},\n  database: '{database|single}',\n  user: '{user|single}',\n  password: process.env.PGPASSWORD,\n  ssl: { ca: readFileSync('{caFile}', 'utf8') },\n});\nawait client.connect();",
    },
    {
      key: 'python',
      title: 'Python',
      template:
        'import os\nimport psycopg\n\nconnection = psycopg.connect(\n    host="{host}",\n    port={port},\n    dbname="{database|double}",\n    user="{user|double}",\n    password=os.environ["PGPASSWORD"],\n    sslmode="verify-full",\n    sslrootcert="{caFile}",\n)',
    },
    {
      key: 'java',
      title: 'Java',
      template:
        'var url = "jdbc:postgresql://{host}:{port}/{database|uri}?sslmode=verify-full&sslrootcert={caFile}";\nvar connection = DriverManager.getConnection(url, "{user|double}", System.getenv("PGPASSWORD"));',
    },
    {
      key: 'go',
      title: 'Go',
      template:
        'config, err := pgx.ParseConfig("host={host} port={port} sslmode=verify-full sslrootcert={caFile}")\nif err != nil {\n\tlog.Fatal(err)\n}\nconfig.Database = "{database|double}"\nconfig.User = "{user|double}"\nconfig.Password = os.Getenv("PGPASSWORD")\nconn, err := pgx.ConnectConfig(ctx, config)',
    },
  ],
} as const satisfies DatastoreDetails;
