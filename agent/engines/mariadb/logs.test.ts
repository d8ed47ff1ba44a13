import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { mariadb } from './dialects/mariadb.ts';
import { parseErrorLine, parseGeneralLine, parseSlowLine } from './dialects/mariadb-logs.ts';
import * as mysql from './dialects/mysql-logs.ts';
import { createLogSources, pruneLogs, rotateLogs } from './logs.ts';

test.each([
  ['2026-11-25  6:10:11 0 [Note] InnoDB: ready', { atMs: Date.UTC(2026, 10, 25, 6, 10, 11), level: 'info', text: 'InnoDB: ready' }],
  ['2026-11-25 16:10:11 37 [Warning] Access denied', { atMs: Date.UTC(2026, 10, 25, 16, 10, 11), level: 'warning', text: 'Access denied' }],
  ['2026-11-25 16:10:11 0 [ERROR] Aborting', { atMs: Date.UTC(2026, 10, 25, 16, 10, 11), level: 'error', text: 'Aborting' }],
  [
    "2026-11-25 16:10:11 0 [Warning] 'proxies_priv' entry '@% root@host' ignored",
    { atMs: Date.UTC(2026, 10, 25, 16, 10, 11), level: 'warning', text: "'proxies_priv' entry '@% root@host' ignored" },
  ],
  ["Version: '10.11'  socket: 'x'", { atMs: null, level: 'info', text: "Version: '10.11'  socket: 'x'" }],
])('%s', (line, parsed) => {
  expect(parseErrorLine(line)).toEqual(parsed);
});

test('a slow record’s first line has its time, and a typed password is not shown', () => {
  expect(parseSlowLine('# Time: 261125  6:10:11').atMs).toBe(Date.UTC(2026, 10, 25, 6, 10, 11));
  for (const line of ["SET PASSWORD = PASSWORD('it''s secret');", "ALTER USER x IDENTIFIED BY 'secret';", "SET PASSWORD = 'cut off secre"])
    expect(parseSlowLine(line).text).not.toMatch(/secre/);
});

test.each([
  "identified with mysql_native_password as 'secret'",
  "SET PASSWORD FOR 'a'@'%' = OLD_PASSWORD('secret')",
  "CHANGE MASTER TO MASTER_HOST='h', MASTER_PASSWORD='secret'",
  "x IDENTIFIED/**/ BY /*c'*/ 'secret'",
  "'secret' REQUIRE SSL",
  "EXECUTE IMMEDIATE 'create user a identified by ''secret'''",
  "create table t (a int) engine=federated connection='mysql://u:secret@h/d/t'",
  'mysql --password=secret -h h',
  'PREPARE s from "create user a identified by \\"secret\\""',
  "SET PASSWORD = PASSWORD(CONCAT('secret','x'))",
  "SET @p='secret'; EXECUTE IMMEDIATE CONCAT('set password = password(', QUOTE(@p), ')')",
  "CREATE TABLE f (a int) ENGINE=FEDERATED CONNECTION='mysql://u:secret@h/d/t'",
  "CREATE TABLE c (a int) OPTION_LIST='user=x,password=secret'",
])('nor is it in: %s', (line) => {
  expect(parseSlowLine(line).text).not.toContain('secret');
  expect(parseSlowLine("SELECT 'x' AS 'label' FROM t ORDER BY 'z'").text).toContain("'label'");
});

test('a general record’s first line within a second has its time, the others go on; a typed password is not shown', () => {
  expect(parseGeneralLine('261125  6:10:11\t     5 Query\tSELECT 1')).toEqual({
    atMs: Date.UTC(2026, 10, 25, 6, 10, 11),
    level: 'info',
    text: '5 Query\tSELECT 1',
  });
  expect(parseGeneralLine('\t\t     5 Quit\t')).toEqual({ atMs: null, level: 'info', text: '5 Quit\t' });
  expect(parseGeneralLine("261125 16:10:11\t     5 Query\tSET PASSWORD = PASSWORD('secret')").text).not.toContain('secret');
});

test('lines of MySQL have their time to the microsecond, a level and a text', () => {
  const atMs = Date.UTC(2026, 10, 25, 6, 10, 11, 123);
  const at = '2026-11-25T06:10:11.123456Z';
  expect(mysql.parseErrorLine(`${at} 0 [System] [MY-010931] [Server] ready`)).toEqual({ atMs, level: 'info', text: '[Server] ready' });
  expect(mysql.parseErrorLine(`${at} 7 [ERROR] [MY-010119] [Server] Aborting`)).toMatchObject({ level: 'error' });
  expect(mysql.parseErrorLine('a stack trace')).toEqual({ atMs: null, level: 'info', text: 'a stack trace' });
  expect(mysql.parseSlowLine(`# Time: ${at}`).atMs).toBe(atMs);
  expect(mysql.parseGeneralLine(`${at}\t    8 Query\tSELECT 1`)).toEqual({ atMs, level: 'info', text: '8 Query\tSELECT 1' });
  expect(mysql.parseGeneralLine("ALTER USER x IDENTIFIED WITH y AS '$A$005$saltdigest'").text).not.toContain('digest');
});

test('long logs get another name, the oldest go, and what is written stays last', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gbt-logs-'));
  try {
    const place = {
      logs: folder,
      dialect: mariadb,
      errorLog: path.join(folder, 'error.log'),
      slowLog: path.join(folder, 'slow.log'),
      generalLog: path.join(folder, 'general.log'),
    };
    const asked: string[] = [];
    writeFileSync(place.errorLog, 'x'.repeat(100));
    await rotateLogs(place, async (text) => asked.push(text), 50);
    expect(asked).toEqual(['FLUSH LOCAL ERROR LOGS']);
    writeFileSync(place.errorLog, 'new');
    writeFileSync(place.generalLog, 'x'.repeat(100));
    await rotateLogs(place, async (text) => asked.push(text), 50);
    expect(asked).toEqual(['FLUSH LOCAL ERROR LOGS', 'FLUSH LOCAL GENERAL LOGS']);
    writeFileSync(place.generalLog, 'new');
    const [source] = createLogSources(place, async () => ({}));
    expect(source?.files().map((file) => path.basename(file))).toEqual([expect.stringMatching(/^error-\w+\.log$/), 'error.log']);
    pruneLogs(place, 50);
    expect(readdirSync(folder).sort()).toEqual(['error.log', 'general.log']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
