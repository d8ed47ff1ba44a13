import { test } from 'vitest';
import { mysqlDetails } from '#contract/datastores/mysql-details.ts';
import { testEngine } from '../../engine.testsuite.ts';
import { testGeneralLog } from './general-log.testsuite.ts';
import { testIsolation } from './isolation.testsuite.ts';
import { mysqlUnderTest } from './mysql-under-test.testsuite.ts';

// Included where a MySQL is found: vitest.config.ts.
const bench = await testEngine(mysqlUnderTest);
testIsolation(bench, { ignoresFolders: false });
testGeneralLog(bench);

test('every parameter of the definition is one the server has', async () => {
  const guest = await bench.beginGuest();
  for (const name of Object.keys(mysqlDetails.parameters)) await bench.ask(guest, `SELECT @@global.${name}`);
});
