import { getDetailedDatastore } from '#contract/datastores/details.ts';
import { testAccounts } from './engine-accounts.testsuite.ts';
import { testArchive } from './engine-archive.testsuite.ts';
import { testBackup } from './engine-backup.testsuite.ts';
import { type EngineUnderTest, openBench, type TestBench } from './engine-bench.testsuite.ts';
import { testConfiguration } from './engine-configuration.testsuite.ts';
import { testConnections } from './engine-connections.testsuite.ts';
import { testGrants } from './engine-grants.testsuite.ts';
import { testIsolation } from './engine-isolation.testsuite.ts';
import { testLife } from './engine-life.testsuite.ts';
import { testReplication } from './engine-replication.testsuite.ts';

/** What every engine must do, on real binaries. Answers the bench, for what only this engine must do. */
export async function testEngine(subject: EngineUnderTest): Promise<TestBench> {
  const bench = await openBench(subject);
  testLife(bench);
  testAccounts(bench);
  testConfiguration(bench);
  testIsolation(bench);
  const { capabilities, levels } = getDetailedDatastore(subject.datastore);
  if (levels !== undefined) testGrants(bench);
  if (capabilities.includes('connections')) testConnections(bench);
  if (capabilities.includes('backup')) testBackup(bench);
  if (capabilities.includes('replication')) testReplication(bench);
  if (capabilities.includes('archive')) testArchive(bench);
  return bench;
}
