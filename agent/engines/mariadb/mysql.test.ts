import { existsSync } from 'node:fs';
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

test('however few connections a user may have, ours go on', async () => {
  const guest = await bench.beginGuest({ parameters: { max_user_connections: 1 } });
  const place = createPlace(guest.identity);
  await Promise.all([1, 2, 3].map(() => withClient(place, {}, (client) => client.query('SELECT SLEEP(0.2)'))));
  await guest.engine.configuration.apply({ parameters: {} }, context());
  expect(await bench.ask(guest, 'SELECT @@global.max_user_connections AS most')).toEqual([{ most: 0 }]);
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
