import mysql from 'mysql2/promise';
import { type EngineUnderTest, tenant } from '../../engine-bench.testsuite.ts';

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

export const mariadb1011: EngineUnderTest = {
  datastore: 'mariadb',
  version: '10.11',
  binFolder: '/usr/sbin',
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
  sleep: (seconds) => `SELECT SLEEP(${seconds})`,
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
    read: (name) => `SELECT CAST(@@global.${name} AS CHAR) AS value`,
  },
};
