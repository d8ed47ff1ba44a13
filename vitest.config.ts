import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { findMysql } from './agent/engines/mariadb/find-servers.testsuite.ts';

/** The longest begin first: one that is left to the end runs alone while the other core waits. */
const longest = [/kill-points/, /postgresql-\d+\.test/, /(mariadb|mysql)\.test|server\/replicas|redis\.test|storage\/(s3|swift)/];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = longest.findIndex((name) => name.test(moduleId));
      return place === -1 ? longest.length : place;
    };
    return [...files].sort((one, other) => rank(one) - rank(other));
  }
}

/** Rooms whose tests are rules: they touch nothing outside themselves, and share a process instead of starting one for each file. */
const rules = 'contract,client,components,bench';
const parts = 'launcher,drivers,agent,server,scripts';

/** Has a registry of its own written over the real one, so it has a process of its own, too. */
const fourth = 'components/**/fourth-datastore.test.tsx';

/** No Debian 12 has a MySQL: its suite runs on hosts that do, or where GUESTBOARD_PROGRAM_FOLDERS names one. */
const absent = findMysql() === null ? ['agent/engines/mariadb/mysql.test.ts'] : [];

export default defineConfig({
  test: {
    exclude: ['**/node_modules/**', 'server/store/generated/**', ...absent],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    setupFiles: ['./vitest.setup.ts'],
    // One more than cores: servers that start, sleep and sync are waited for half of the time.
    maxWorkers: 3,
    // Few tests run long enough for optimised WebAssembly (Prisma's) to repay what compiling it costs.
    execArgv: ['--liftoff-only'],
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'parts', include: [`{${parts}}/**/*.test.{ts,tsx}`, fourth] } },
      {
        extends: true,
        test: { name: 'rules', include: [`{${rules}}/**/*.test.{ts,tsx}`], exclude: ['**/node_modules/**', fourth], isolate: false },
      },
    ],
  },
});
