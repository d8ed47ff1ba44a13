import { testKillPoints } from './kill-points.testsuite.ts';

testKillPoints('base');
