import type { EngineUnderTest } from '../../engine-bench.testsuite.ts';
import { findMysql } from './find-servers.testsuite.ts';
import { mariadbUnderTest } from './under-test.testsuite.ts';

const found = findMysql();
if (found === null) throw new Error('There is no MySQL: put mysqld into a folder of GUESTBOARD_PROGRAM_FOLDERS.');
const { replication: _none, ...shared } = mariadbUnderTest;

/** What is said to MariaDB, with what is MySQL's own. */
export const mysqlUnderTest: EngineUnderTest = {
  ...shared,
  datastore: 'mysql',
  ...found,
  names: {
    taken: [...shared.names.taken.filter((name) => name.trim() === name && name.length <= 32), 'x'.repeat(32)],
    refused: [...shared.names.refused, ' space'],
  },
  // It notes what others warn of.
  logged: { ...shared.logged, level: 'info' },
  manyRows: {
    ...shared.manyRows,
    make: `CREATE TABLE many AS WITH RECURSIVE seq (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM seq WHERE n < 900)
      SELECT a.n * 1000 + b.n AS n, SHA2(a.n * 1000 + b.n, 224) AS text FROM seq a, seq b WHERE a.n <= 220`,
  },
  initialisingMs: 500,
  forbidden: [
    "SELECT 1 INTO OUTFILE '/tmp/guestboard-escape'",
    "SELECT 1 INTO DUMPFILE '/tmp/guestboard-escape'",
    "INSTALL PLUGIN clone SONAME 'mysql_clone.so'",
    "INSTALL COMPONENT 'file://component_validate_password'",
    'UNINSTALL PLUGIN auth_socket',
    "CREATE FUNCTION sys_exec RETURNS INTEGER SONAME 'lib_mysqludf_sys.so'",
    'SET GLOBAL max_connections = 10',
    'SET PERSIST max_connections = 10',
    'SET PERSIST_ONLY max_connections = 10',
    "SET GLOBAL init_connect = 'x'",
    'SET GLOBAL general_log = ON',
    'SET SESSION sql_log_off = ON',
    'SET SESSION sql_log_bin = OFF',
    "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1'",
    'START GROUP_REPLICATION',
    "CLONE LOCAL DATA DIRECTORY = '/tmp/guestboard-clone'",
    'LOCK INSTANCE FOR BACKUP',
    'SHUTDOWN',
    'RESTART',
    'ALTER INSTANCE RELOAD TLS',
    'ALTER INSTANCE DISABLE INNODB REDO_LOG',
    'FLUSH PRIVILEGES',
    'SELECT * FROM mysql.user',
    'SELECT * FROM mysql.db',
    'SELECT * FROM mysql.component',
    'UPDATE mysql.db SET Insert_priv = 1',
    'CREATE DATABASE more',
    "CREATE USER more@'%'",
    'CREATE ROLE more',
    "GRANT ALL ON app.* TO 'app'@'%'",
    'GRANT FILE ON *.* TO CURRENT_USER',
    "SET PASSWORD FOR 'guestboard_probe'@'localhost' = 'Another-word-5'",
    "ALTER USER 'guestboard_probe'@'localhost' ACCOUNT LOCK",
    'SHOW BINARY LOGS',
    'SELECT * FROM performance_schema.error_log',
    'SELECT * FROM performance_schema.events_statements_current',
    'UPDATE performance_schema.setup_consumers SET ENABLED = 0',
    "CREATE DEFINER = 'mysql.sys'@'localhost' VIEW stolen AS SELECT 1",
    "CREATE TABLE away (n INT) ENGINE = MyISAM DATA DIRECTORY = '/tmp'",
    'CREATE TABLE away (n INT) ENGINE = MyISAM',
    "CREATE TABLE away (n INT) DATA DIRECTORY = '/tmp'",
    "CREATE TABLE away (n INT) PARTITION BY HASH (n) (PARTITION p DATA DIRECTORY = '/tmp')",
    "SET SESSION innodb_tmpdir = '/tmp'",
    'ALTER USER CURRENT_USER() IDENTIFIED WITH auth_socket',
    'ALTER USER CURRENT_USER() WITH MAX_USER_CONNECTIONS 0',
    "GRANT PROXY ON ''@'' TO CURRENT_USER()",
    "CREATE DEFINER = 'guestboard_probe'@'localhost' PROCEDURE stolen() SELECT 1",
    "CREATE DEFINER = 'nobody'@'nowhere' PROCEDURE stolen() SELECT 1",
    "CLONE INSTANCE FROM 'a'@'127.0.0.1':3306 IDENTIFIED BY 'Another-word-5'",
    "CREATE TABLESPACE away ADD DATAFILE '/tmp/away.ibd'",
    "CREATE UNDO TABLESPACE away ADD DATAFILE 'away.ibu'",
    "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST '127.0.0.1')",
    'CREATE RESOURCE GROUP fast TYPE = SYSTEM',
    "IMPORT TABLE FROM '/tmp/away.sdi'",
  ],
  parameters: {
    ...shared.parameters,
    refused: [...shared.parameters.refused.filter((refused) => !('tx_isolation' in refused)), { transaction_isolation: 'chaos' }],
  },
};
