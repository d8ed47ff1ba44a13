import { testEngine } from '../../engine.testsuite.ts';
import { testBackupRecovery } from './backup-recovery.testsuite.ts';
import { testCutOffDrops } from './cut-off-drops.testsuite.ts';
import { testExtensions } from './extensions.testsuite.ts';
import { testGrowthStop } from './growth-stop.testsuite.ts';
import { testIsolation } from './isolation.testsuite.ts';
import { testOwnership } from './ownership.testsuite.ts';
import { testReplication } from './replication.testsuite.ts';
import { postgresql18 } from './under-test.testsuite.ts';

const bench = await testEngine(postgresql18);
testIsolation(bench);
testGrowthStop(bench);
testOwnership(bench);
testExtensions(bench);
testReplication(bench);
testBackupRecovery(bench);
testCutOffDrops(bench);
