import mysql from 'mysql2/promise';
import { type EngineUnderTest, tenant } from '../../engine-bench.testsuite.ts';
import type { TestGuest } from '../../guest.testsuite.ts';
import { withClient } from './connections.ts';
import { createPlace } from './place.ts';

const connect: EngineUnderTest['connect'] = async (guest, { user, password, database }) => {
  const connection = await mysql.createConnection({
    host: '127.0.0.1',
    port: guest.identity.port,
    user,
    password,
    database,
    ssl: { ca: guest.tls.caPem, rejectUnauthorized: true },
    connectTimeout: 5000,
  });
  connection.on('error', () => {});
  return {
    query: async (text) => {
      const [rows] = await connection.query(text);
      return (Array.isArray(rows) ? rows : []) as Record<string, unknown>[];
    },
    close: () => connection.end().catch(() => {}),
  };
};

function asAdmin(guest: TestGuest, text: string) {
  return withClient(createPlace(guest.identity), {}, (client) => client.query(text));
}

/** Each version that is found is told the same. */
export const mariadbUnderTest = {
  datastore: 'mariadb',
  connect,
  names: {
    taken: [
      'a`b; drop--',
      'a"b',
      "it's",
      'back\\slash',
      '\\_',
      'DROP TABLE x',
      'ünïcödé',
      '数据库',
      'x'.repeat(63),
      '%',
      'a_b',
      '../../etc',
      'a/b.c',
      ' space',
      '$1',
      'role',
      'all',
    ],
    refused: ['a\0b', '', '🐘', 'space ', 'mysql'],
  },
  logged: {
    provoke: (guest) => connect(guest, { ...tenant, password: 'Not-the-password-1' }),
    level: 'warning',
    words: "Access denied for user 'app'",
  },
  says: {
    make: (table) => `CREATE TABLE ${table} (n INT)`,
    add: (table, n) => `INSERT INTO ${table} VALUES (${n})`,
    list: (table) => `SELECT n FROM ${table}`,
    nothing: 'SELECT 1',
  },
  manyRows: {
    make: 'CREATE TABLE many AS SELECT seq AS n, MD5(seq) AS text FROM seq_1_to_200000',
    count: 'SELECT COUNT(*) AS n, CAST(SUM(n) AS CHAR) AS sum FROM many',
    change: 'UPDATE many SET n = n + 1',
    bytes: 20_000_000,
  },
  withPassword: (password) => `CREATE USER x IDENTIFIED BY '${password}'`,
  sleep: (seconds) => `SELECT SLEEP(${seconds})`,
  grants: (database) => [database],
  writesOtherwise: ['LOCK TABLES later WRITE', 'CREATE PROCEDURE mine() SELECT 1'],
  refusesNetworks: true,
  initialisingMs: 120,
  forbidden: [
    "SELECT 1 INTO OUTFILE '/tmp/guestboard-escape'",
    "SELECT 1 INTO DUMPFILE '/tmp/guestboard-escape'",
    "INSTALL SONAME 'server_audit'",
    "INSTALL PLUGIN sql_error_log SONAME 'sql_errlog.so'",
    "CREATE FUNCTION sys_exec RETURNS INTEGER SONAME 'lib_mysqludf_sys.so'",
    'SET GLOBAL max_connections = 10',
    "SET GLOBAL init_connect = 'x'",
    'SET GLOBAL general_log = ON',
    'SET SESSION sql_log_off = ON',
    "CHANGE MASTER TO MASTER_HOST = '127.0.0.1'",
    'SHUTDOWN',
    'FLUSH PRIVILEGES',
    'SELECT * FROM mysql.global_priv',
    'SELECT * FROM mysql.user',
    'SELECT * FROM mysql.db',
    'UPDATE mysql.db SET Insert_priv = 1',
    'CREATE DATABASE more',
    "CREATE USER more@'%'",
    "GRANT ALL ON app.* TO 'app'@'%'",
    'GRANT FILE ON *.* TO CURRENT_USER',
    "SET PASSWORD FOR 'guestboard_probe'@'localhost' = ''",
    'SHOW BINARY LOGS',
    'BACKUP STAGE START',
    'BACKUP LOCK mysql.global_priv',
    'LOCK TABLES mysql.global_priv WRITE',
    'FLUSH TABLES WITH READ LOCK',
    'FLUSH LOGS',
    'SET SESSION sql_log_bin = 0',
    'SET SESSION server_id = 9',
    'SET SESSION gtid_seq_no = 999999',
    "SET SESSION binlog_format = 'STATEMENT'",
    "SET GLOBAL old_mode = ''",
    "SHOW CREATE USER 'guestboard_probe'@'localhost'",
    "SHOW GRANTS FOR 'guestboard_probe'@'localhost'",
    'ALTER USER CURRENT_USER() IDENTIFIED VIA unix_socket',
    'ALTER USER CURRENT_USER() WITH MAX_USER_CONNECTIONS 0',
    "CREATE DEFINER = 'guestboard_probe'@'localhost' FUNCTION stolen() RETURNS INT RETURN 1",
    "CREATE DEFINER = 'mariadb.sys'@'localhost' VIEW stolen AS SELECT 1",
    "CREATE TABLE away (n INT) ENGINE = MyISAM DATA DIRECTORY = '/tmp'",
    "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST '127.0.0.1')",
  ],
  full: /Too many connections/,
  replication: {
    refusesWrites: /read-only/,
    refusesCopier: /Access denied/,
    position: /^0-\d+-\d+$/,
    stall: (guest) => asAdmin(guest, 'STOP SLAVE SQL_THREAD'),
    resume: (guest) => asAdmin(guest, 'START SLAVE SQL_THREAD'),
    cut: (source) => asAdmin(source, `KILL HARD CONNECTION USER 'guestboard_repl'`),
  },
  parameters: {
    live: ['max_allowed_packet', 33_554_432],
    restart: ['back_log', 61],
    tooMuch: ['innodb_buffer_pool_size', 17_592_186_044_416],
    refused: [
      { no_such_parameter: 1 },
      { datadir: '/tmp' },
      { plugin_dir: '/tmp' },
      { secure_file_priv: '' },
      { init_file: '/tmp/x' },
      { max_allowed_packet: 1 },
      { max_allowed_packet: 1_000_001 },
      { max_allowed_packet: 'banana' },
      { max_connections: 12.5 },
      { max_connections: 1_000_000 },
      { slow_query_log: 'maybe' },
      { tx_isolation: 'chaos' },
    ],
    read: async (bench, guest, name) => String((await bench.ask(guest, `SELECT CAST(@@global.${name} AS CHAR) AS value`))[0]?.value),
    durable: {},
    resizeNeedsRestart: true,
  },
} satisfies Omit<EngineUnderTest, 'version' | 'binFolder'>;
