import { describe } from 'vitest';
import { testEngine } from '../../engine.testsuite.ts';
import { isUpgrade, testUpgrade } from '../../engine-upgrade.testsuite.ts';
import { testArchivedLog } from './archive.testsuite.ts';
import { testCounting } from './counting.testsuite.ts';
import { listMariadb } from './find-servers.testsuite.ts';
import { testFullVolume } from './full-volume.testsuite.ts';
import { testGeneralLog } from './general-log.testsuite.ts';
import { testIsolation } from './isolation.testsuite.ts';
import { testReplication } from './replication.testsuite.ts';
import { mariadbUnderTest } from './under-test.testsuite.ts';

describe.each(listMariadb())('version $version', async (found) => {
  const bench = await testEngine({ ...mariadbUnderTest, ...found });
  testIsolation(bench, { ignoresFolders: true });
  testCounting(bench);
  testFullVolume(bench);
  testGeneralLog(bench);
  testReplication(bench);
  testArchivedLog(bench);
  testUpgrade(
    bench,
    listMariadb().filter((target) => isUpgrade('mariadb', found.version, target.version)),
  );
});
