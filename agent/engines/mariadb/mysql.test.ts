import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mysqlDetails } from '#contract/datastores/mysql-details.ts';
import { testEngine } from '../../engine.testsuite.ts';
import { makeBackup } from '../../engine-backup.testsuite.ts';
import { until } from '../../guest.testsuite.ts';
import { withClient } from './connections.ts';
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
