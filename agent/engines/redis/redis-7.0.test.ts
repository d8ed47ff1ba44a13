import { testEngine } from '../../engine.testsuite.ts';
import { testArchivedFile } from './archive.testsuite.ts';
import { testIsolation } from './isolation.testsuite.ts';
import { testReplication } from './replication.testsuite.ts';
import { redis70 } from './under-test.testsuite.ts';

const bench = await testEngine(redis70);
testIsolation(bench);
testReplication(bench);
testArchivedFile(bench);
