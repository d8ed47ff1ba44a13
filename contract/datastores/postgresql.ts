import type { DatastoreDefinition } from './datastore.ts';

export const postgresql = {
  title: 'PostgreSQL',
  defaultPort: 5432,
  capabilities: ['configuration', 'accounts', 'logs', 'backup', 'replication'],
  metrics: [
    { key: 'transactionsPerSecond', title: 'Transactions', unit: 'per-second' },
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
      template: 'psql "host={host} port={port} dbname={database} user={user} sslmode=verify-full sslrootcert={caFile}"',
    },
    {
      key: 'uri',
      title: 'URI',
      template: 'postgresql://{user}:{password}@{host}:{port}/{database}?sslmode=verify-full&sslrootcert={caFile}',
    },
    {
      key: 'node',
      title: 'Node',
      template:
        "import { readFileSync } from 'node:fs';\nimport pg from 'pg';\n\nconst client = new pg.Client({\n  host: '{host}', port: {port}, database: '{database}', user: '{user}',\n  password: process.env.PGPASSWORD,\n  ssl: { ca: readFileSync('{caFile}', 'utf8') },\n});\nawait client.connect();",
    },
    {
      key: 'python',
      title: 'Python',
      template:
        'import os, psycopg\n\nconnection = psycopg.connect(\n    host="{host}", port={port}, dbname="{database}", user="{user}",\n    password=os.environ["PGPASSWORD"], sslmode="verify-full", sslrootcert="{caFile}",\n)',
    },
    {
      key: 'java',
      title: 'Java',
      template:
        'var url = "jdbc:postgresql://{host}:{port}/{database}?sslmode=verify-full&sslrootcert={caFile}";\nvar connection = DriverManager.getConnection(url, "{user}", System.getenv("PGPASSWORD"));',
    },
    {
      key: 'go',
      title: 'Go',
      template:
        'url := fmt.Sprintf("postgres://%s:%s@{host}:{port}/%s?sslmode=verify-full&sslrootcert={caFile}",\n\turl.QueryEscape("{user}"), url.QueryEscape(os.Getenv("PGPASSWORD")), url.PathEscape("{database}"))\nconn, err := pgx.Connect(ctx, url)',
    },
  ],
} as const satisfies DatastoreDefinition;
