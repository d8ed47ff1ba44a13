import path from 'node:path';
import { mariadb as definition } from '#contract/datastores/mariadb.ts';
import { mariadbDetails } from '#contract/datastores/mariadb-details.ts';
import type { Dialect } from '../dialect.ts';
import { hashPassword } from '../password-hash.ts';
import { parseErrorLine, parseGeneralLine, parseSlowLine } from './mariadb-logs.ts';

const MiB = 1024 ** 2;

/** MariaDB 10.11 and later. */
export const mariadb: Dialect = {
  datastore: 'mariadb',
  title: 'MariaDB',
  program: 'mariadbd',
  optionGroup: 'mariadbd',
  fileNames: { tx_isolation: 'transaction_isolation' },
  names: definition.names,
  details: mariadbDetails,
  binaryLog: true,
  openToChanges: null,

  install: ({ prefix, folder, tmp, administrator }, sizes) => [
    {
      command: path.join(prefix, 'bin', 'mariadb-install-db'),
      args: [
        '--no-defaults',
        `--basedir=${prefix}`,
        `--datadir=${folder}`,
        '--auth-root-authentication-method=socket',
        `--auth-root-socket-user=${administrator}`,
        '--skip-test-db',
        '--skip-name-resolve',
        '--character-set-server=utf8mb4',
        `--tmpdir=${tmp}`,
        `--innodb-log-file-size=${sizes.logBytes}`,
        '--innodb-flush-method=nosync',
        '--innodb-doublewrite=0',
        '--debug-no-sync',
      ],
    },
  ],
  takeOver: null,
  staleFiles: () => [],
  fixedOptions: () => ({
    symbolic_links: '0',
    log_warnings: '2',
    collation_server: 'utf8mb4_general_ci',
    enforce_storage_engine: 'InnoDB',
  }),
  defaults: {
    slow_query_log: 'ON',
    general_log: 'OFF',
    performance_schema: 'OFF',
    event_scheduler: 'OFF',
    // As good as none. A server that was started with none counts nobody's, and takes no other number while it runs.
    max_user_connections: '100000',
  },
  toSizeOptions: ({ poolBytes, logBytes, temporaryBytes, connections }) => ({
    innodb_buffer_pool_size: String(poolBytes),
    innodb_log_file_size: String(logBytes),
    innodb_temp_data_file_path: `ibtmp1:12M:autoextend:max:${temporaryBytes / MiB}M`,
    max_connections: String(connections),
  }),
  sessionOptions: (statementTimeoutMs) => ['slow_query_log = OFF', `max_statement_time = ${statementTimeoutMs / 1000}`],
  passingErrors: [1040, 1053, 1129, 1203, 1927],

  accounts: {
    table: 'mysql.global_priv',
    serversOwn: ['mariadb.sys'],
    columns: `User AS user, Host AS host, COALESCE(JSON_VALUE(Priv, '$.authentication_string'), '') AS hash,
      JSON_CONTAINS(Priv, 'true', '$.account_locked') IS TRUE AS locked, COALESCE(JSON_VALUE(Priv, '$.max_user_connections'), 0) AS connectionLimit`,
    // The one method every client speaks.
    identifiedAs: (quotedHash) => `IDENTIFIED VIA mysql_native_password USING ${quotedHash}`,
    hash: hashPassword,
    isHashOf: (hash, password) => hash === hashPassword(password),
    revoke: 'REVOKE',
    moreRights: ['DELETE HISTORY'],
  },
  connections: {
    list: `
      SELECT p.ID AS id, p.QUERY_ID AS queryId, p.USER AS user, p.DB AS \`database\`, p.HOST AS address, p.COMMAND AS command,
        CAST(p.TIME_MS AS DOUBLE) AS quietMs, p.STATE AS doing, LEFT(p.INFO, 2000) AS statement,
        TIMESTAMPDIFF(MICROSECOND, t.trx_started, NOW(6)) / 1000 AS transactionMs, t.trx_state = 'LOCK WAIT' AS waitsForRow
      FROM information_schema.PROCESSLIST p LEFT JOIN information_schema.INNODB_TRX t ON t.trx_mysql_thread_id = p.ID
      WHERE p.HOST LIKE '%:%' AND p.USER <> 'unauthenticated user'`,
    waits: `
      SELECT r.trx_mysql_thread_id AS waiter, b.trx_mysql_thread_id AS holder FROM information_schema.INNODB_LOCK_WAITS w
      JOIN information_schema.INNODB_TRX r ON r.trx_id = w.requesting_trx_id JOIN information_schema.INNODB_TRX b ON b.trx_id = w.blocking_trx_id`,
    ofTenants: "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE HOST LIKE '%:%' AND USER <> 'unauthenticated user'",
    end: (id) => `KILL HARD CONNECTION ${id}`,
    // Names the statement itself: one that begins an instant later on the same connection goes on.
    cancel: ({ queryId }) => `KILL QUERY ID ${queryId}`,
  },
  look: {
    counters: (names) =>
      `SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME IN (${toList(names)})`,
    replicaStatus: 'SHOW SLAVE STATUS',
    tableChanges: 'information_schema.INNODB_SYS_TABLESTATS',
    dataBytes:
      "SELECT SUM(ALLOCATED_SIZE) AS bytes FROM information_schema.INNODB_SYS_TABLESPACES WHERE NAME LIKE '%/%' AND NAME NOT LIKE 'mysql/%'",
  },
  variables: `SELECT LOWER(VARIABLE_NAME) AS name, NUMERIC_MIN_VALUE AS min, NUMERIC_MAX_VALUE AS max, NUMERIC_BLOCK_SIZE AS block
    FROM information_schema.SYSTEM_VARIABLES`,
  reloadTls: 'FLUSH SSL',
  logs: { parseError: parseErrorLine, parseSlow: parseSlowLine, parseGeneral: parseGeneralLine },
};

function toList(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
