import { existsSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mysqlDetails } from '#contract/datastores/mysql-details.ts';
import { testEngine } from '../../engine.testsuite.ts';
import { makeBackup } from '../../engine-backup.testsuite.ts';
import { context, until } from '../../guest.testsuite.ts';
import { withClient } from './connections.ts';
import { mysql } from './dialects/mysql.ts';
import { testGeneralLog } from './general-log.testsuite.ts';
import { testIsolation } from './isolation.testsuite.ts';
import { mysqlUnderTest } from './mysql-under-test.testsuite.ts';
import { createPlace } from './place.ts';

// Included where a MySQL is found: vitest.config.ts.
const bench = await testEngine(mysqlUnderTest);
testIsolation(bench, { ignoresFolders: false });
testGeneralLog(bench);

test('every parameter of the definition is one the server has', async () => {
  const guest = await bench.beginGuest();
  for (const name of Object.keys(mysqlDetails.parameters)) await bench.ask(guest, `SELECT @@global.${name}`);
});

test('what no option of a database bounds is bounded: the file that all of them share', async () => {
  const guest = await bench.beginGuest();
  await bench.ask(guest, 'CREATE TABLE shared (text LONGTEXT) TABLESPACE = innodb_system');
  const fill = async () => {
    for (let megabytes = 0; megabytes < 80; megabytes += 8) await bench.ask(guest, "INSERT INTO shared VALUES (REPEAT('x', 8388608))");
  };
  await expect(fill()).rejects.toThrow(/full/);
  expect(statSync(createPlace(guest.identity).systemSpace).size).toBeLessThanOrEqual(64 * 1024 ** 2);
  await bench.ask(guest, 'CREATE TABLE mine AS SELECT 1 AS n');
  await guest.engine.lifecycle.stop({}, context());
  await guest.engine.lifecycle.start({}, context());
});

test('a database that its users closed against changes is dropped all the same', async () => {
  const guest = await bench.beginGuest();
  await bench.ask(guest, 'ALTER DATABASE app READ ONLY = 1');
  await guest.engine.accounts.dropDatabase({ name: 'app' }, context());
  await guest.engine.accounts.dropDatabase({ name: 'app' }, context());
  expect(await guest.engine.accounts.listDatabases({}, context())).toEqual({ databases: [] });
});

test('no name of an administrator says more than a name', () => {
  const folder = { ...{ binFolder: '/b', prefix: '/', folder: '/f', tmp: '/t' }, noFiles: '/n', statementsFile: '/s' };
  const take = (earlier: string) => mysql.takeOver?.({ ...folder, administrator: 'ours' }, earlier);
  expect(take("it's")?.[0]?.statements?.[1]).toBe("RENAME USER 'it''s'@'localhost' TO 'ours'@'localhost'");
  expect(() => take("a;\nCREATE USER x@'%';\n")).toThrow(/name of the administrator/);
});

test('a copy that the server makes for an agent that was killed gives way to the next', async () => {
  const guest = await bench.beginGuest();
  await bench.ask(guest, mysqlUnderTest.manyRows.make);
  const place = createPlace(guest.identity);
  const forgotten = withClient(place, { statementTimeoutMs: 0 }, (client) =>
    client.query(`CLONE LOCAL DATA DIRECTORY = '${place.cloned}'`),
  );
  const outcome = forgotten.catch((error: Error) => error);
  await until(
    () => withClient(place, {}, (client) => client.query("SELECT 1 FROM performance_schema.processlist WHERE INFO LIKE 'CLONE LOCAL%'")),
    (rows) => rows.length > 0,
  );
  const { manifest } = await makeBackup(guest, 'c1000000-5b8e-4b5c-8a39-54a0c5b2d001');
  expect(manifest.parts.length).toBe(1);
  expect(await outcome).toMatchObject({ detail: expect.stringMatching(/interrupted|lost|closed/i) });
  expect(existsSync(place.cloned)).toBe(false);
});
