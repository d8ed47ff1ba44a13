import { testEngine } from '../../engine.testsuite.ts';
import { testCutOffDrops } from './cut-off-drops.testsuite.ts';
import { testExtensions } from './extensions.testsuite.ts';
import { testGrowthStop } from './growth-stop.testsuite.ts';
import { testHeldGrowthStop } from './growth-stop-held.testsuite.ts';
import { testIsolation } from './isolation.testsuite.ts';
import { testOwnership } from './ownership.testsuite.ts';
import { testReplication } from './replication.testsuite.ts';
import { postgresql15 } from './under-test.testsuite.ts';

const bench = await testEngine(postgresql15);
testIsolation(bench);
testGrowthStop(bench);
testHeldGrowthStop(bench);
testOwnership(bench);
testExtensions(bench);
testReplication(bench);
testCutOffDrops(bench);
