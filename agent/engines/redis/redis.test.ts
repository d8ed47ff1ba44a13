import { describe } from 'vitest';
import { testEngine } from '../../engine.testsuite.ts';
import { isUpgrade, testUpgrade } from '../../engine-upgrade.testsuite.ts';
import { testArchivedFile } from './archive.testsuite.ts';
import { listRedis } from './find-redis.testsuite.ts';
import { testGrowthStop } from './growth-stop.testsuite.ts';
import { testIsolation } from './isolation.testsuite.ts';
import { testReplication } from './replication.testsuite.ts';
import { testSlowReading } from './slow-reading.testsuite.ts';
import { redisUnderTest } from './under-test.testsuite.ts';

describe.each(listRedis())('version $version', async (found) => {
  const bench = await testEngine(redisUnderTest(found));
  testIsolation(bench);
  testGrowthStop(bench);
  testReplication(bench);
  testArchivedFile(bench);
  testSlowReading(bench);
  testUpgrade(
    bench,
    listRedis().filter((target) => isUpgrade('redis', found.version, target.version)),
  );
});
