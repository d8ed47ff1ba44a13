import { statSync } from 'node:fs';
import { mysql as definition } from '#contract/datastores/mysql.ts';
import { mysqlDetails } from '#contract/datastores/mysql-details.ts';
import type { Dialect } from '../dialect.ts';
import { hashPassword, isHashOf } from './mysql-hash.ts';
import { installMysql, takeOverMysql } from './mysql-install.ts';
import { parseErrorLine, parseGeneralLine, parseSlowLine } from './mysql-logs.ts';

const MiB = 1024 ** 2;

/** Without histories, digests and summaries by account, which nobody here reads, it takes some 40 MB instead of 240. */
const smallPerformanceSchema = {
  performance_schema_error_size: '0',
  performance_schema_digests_size: '0',
  ...Object.fromEntries(
    ['statements', 'waits', 'stages', 'transactions'].flatMap((kind) => [
      [`performance_schema_events_${kind}_history_size`, '0'],
      [`performance_schema_events_${kind}_history_long_size`, '0'],
    ]),
  ),
  performance_schema_accounts_size: '0',
  performance_schema_users_size: '0',
  performance_schema_hosts_size: '0',
  performance_schema_max_program_instances: '0',
  performance_schema_max_statement_stack: '1',
  performance_schema_max_prepared_statements_instances: '0',
  table_definition_cache: '400',
};

/** MySQL 8.4 and later. Its performance schema is where it tells of connections, locks and counters: it is always on, with little in it. */
export const mysql: Dialect = {
  datastore: 'mysql',
  title: 'MySQL',
  program: 'mysqld',
  optionGroup: 'mysqld',
  fileNames: {},
  names: definition.names,
  details: mysqlDetails,
  binaryLog: false,
  openToChanges: (quotedName) => `ALTER DATABASE ${quotedName} READ ONLY = 0`,

  install: installMysql,
  takeOver: takeOverMysql,
  // It takes a number in there for a server that lives, whoever has that number now.
  staleFiles: (socketFile) => [`${socketFile}.lock`],
  fixedOptions: ({ authorityFile, systemSpace }) => ({
    plugin_load_add: 'auth_socket.so;mysql_clone.so',
    // It reads a new certificate only when it can follow it to its authority.
    ssl_ca: authorityFile,
    // Neither a second protocol on a port of its own nor keys of its own making.
    mysqlx: 'OFF',
    auto_generate_certs: 'OFF',
    caching_sha2_password_auto_generate_rsa_keys: 'OFF',
    // What counts is in this file alone.
    persisted_globals_load: 'OFF',
    skip_log_bin: '1',
    skip_replica_start: '1',
    log_error_verbosity: '3',
    // Warnings of what is meant to be: an authority that nobody else signed, and a folder above ours that is open to others.
    log_error_suppression_list: 'MY-010068,MY-011810',
    log_timestamps: 'UTC',
    collation_server: 'utf8mb4_0900_ai_ci',
    disabled_storage_engines: 'MyISAM,CSV,ARCHIVE,BLACKHOLE,MRG_MYISAM,FEDERATED',
    // Large temporary tables lie in InnoDB's files rather than in mapped ones.
    temptable_max_mmap: '0',
    // In one piece, which a host that has not so much refuses at once; piece by piece it would take all that others have first.
    innodb_buffer_pool_chunk_size: '17592186044416',
    innodb_data_file_path: `ibdata1:12M:autoextend:max:${toSystemMegabytes(systemSpace)}M`,
    performance_schema: 'ON',
    ...smallPerformanceSchema,
  }),
  defaults: { slow_query_log: 'ON', general_log: 'OFF', event_scheduler: 'OFF', table_open_cache: '400' },
  toSizeOptions: ({ poolBytes, logBytes, temporaryBytes, connections }) => ({
    innodb_buffer_pool_size: String(poolBytes),
    innodb_redo_log_capacity: String(logBytes),
    innodb_temp_data_file_path: `ibtmp1:12M:autoextend:max:${temporaryBytes / MiB}M`,
    temptable_max_ram: String(Math.max(16 * MiB, Math.floor(poolBytes / 8 / MiB) * MiB)),
    max_connections: String(connections),
  }),
  // There is no switch for the slow log: nothing of ours examines rows enough for it.
  sessionOptions: (statementTimeoutMs) => [
    'long_query_time = 31536000',
    'min_examined_row_limit = 4294967295',
    `max_execution_time = ${Math.ceil(statementTimeoutMs)}`,
    // Sizes as they are, not as they were a day ago.
    'information_schema_stats_expiry = 0',
  ],
  passingErrors: [1040, 1053, 1129, 1203, 3169, 4031],

  accounts: {
    table: 'mysql.user',
    serversOwn: ['mysql.sys', 'mysql.session', 'mysql.infoschema'],
    columns: `User AS user, Host AS host, CAST(COALESCE(authentication_string, '') AS CHAR) AS hash, account_locked = 'Y' AS locked,
      max_user_connections AS connectionLimit`,
    identifiedAs: (quotedHash) => `IDENTIFIED WITH caching_sha2_password AS ${quotedHash}`,
    hash: hashPassword,
    isHashOf,
    revoke: 'REVOKE IF EXISTS',
    moreRights: [],
  },
  connections: {
    list: `
      SELECT p.ID AS id, 0 AS queryId, p.USER AS user, p.DB AS \`database\`, p.HOST AS address, p.COMMAND AS command,
        p.TIME * 1000 AS quietMs, p.STATE AS doing, LEFT(p.INFO, 2000) AS statement,
        TIMESTAMPDIFF(MICROSECOND, t.trx_started, NOW(6)) / 1000 AS transactionMs, t.trx_state = 'LOCK WAIT' AS waitsForRow
      FROM performance_schema.processlist p LEFT JOIN information_schema.INNODB_TRX t ON t.trx_mysql_thread_id = p.ID
      WHERE p.HOST LIKE '%:%' AND p.USER <> 'unauthenticated user'`,
    waits: `
      SELECT r.PROCESSLIST_ID AS waiter, b.PROCESSLIST_ID AS holder FROM performance_schema.data_lock_waits w
      JOIN performance_schema.threads r ON r.THREAD_ID = w.REQUESTING_THREAD_ID
      JOIN performance_schema.threads b ON b.THREAD_ID = w.BLOCKING_THREAD_ID`,
    ofTenants: "SELECT ID AS id FROM performance_schema.processlist WHERE HOST LIKE '%:%' AND USER <> 'unauthenticated user'",
    end: (id) => `KILL CONNECTION ${id}`,
    // It has no word for one statement: what the connection runs at that instant ends.
    cancel: ({ id }) => `KILL QUERY ${id}`,
  },
  look: {
    counters: (names) => {
      const isStatement = (name: string) => name.startsWith('COM_');
      const statements = names.filter(isStatement).map((name) => `statement/sql/${name.slice(4).toLowerCase()}`);
      return `SELECT UPPER(VARIABLE_NAME) AS name, VARIABLE_VALUE AS value FROM performance_schema.global_status
          WHERE VARIABLE_NAME IN (${toList(names.filter((name) => !isStatement(name)))})
        UNION ALL SELECT UPPER(REPLACE(EVENT_NAME, 'statement/sql/', 'COM_')), COUNT_STAR
          FROM performance_schema.events_statements_summary_global_by_event_name WHERE EVENT_NAME IN (${toList(statements)})`;
    },
    replicaStatus: null,
    tableChanges: 'information_schema.INNODB_TABLESTATS',
    dataBytes: `SELECT SUM(ALLOCATED_SIZE) AS bytes FROM information_schema.INNODB_TABLESPACES
      WHERE NAME LIKE '%/%' AND NAME NOT LIKE 'mysql/%' AND NAME NOT LIKE 'sys/%'`,
  },
  // It does not tell of steps: these are the ones it would round to without a word.
  variables: `SELECT LOWER(VARIABLE_NAME) AS name, MIN_VALUE AS min, MAX_VALUE AS max,
      CASE VARIABLE_NAME WHEN 'max_allowed_packet' THEN 1024 WHEN 'join_buffer_size' THEN 128 ELSE 1 END AS block
    FROM performance_schema.variables_info`,
  reloadTls: 'ALTER INSTANCE RELOAD TLS',
  logs: { parseError: parseErrorLine, parseSlow: parseSlowLine, parseGeneral: parseGeneralLine },
};

/**
 * Any tenant may put a table into the file that never shrinks, which the server itself leaves as it was made. As large as it has become is what
 * a start needs.
 */
function toSystemMegabytes(systemSpace: string): number {
  return Math.max(64, Math.ceil((statSync(systemSpace, { throwIfNoEntry: false })?.size ?? 0) / MiB));
}

function toList(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
