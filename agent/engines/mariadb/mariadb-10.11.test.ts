import { testEngine } from '../../engine.testsuite.ts';
import { testArchivedLog } from './archive.testsuite.ts';
import { testGeneralLog } from './general-log.testsuite.ts';
import { testIsolation } from './isolation.testsuite.ts';
import { testReplication } from './replication.testsuite.ts';
import { mariadb1011 } from './under-test.testsuite.ts';

const bench = await testEngine(mariadb1011);
testIsolation(bench, { ignoresFolders: true });
testGeneralLog(bench);
testReplication(bench);
testArchivedLog(bench);
