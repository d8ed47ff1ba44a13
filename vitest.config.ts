import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest begin first: one that is left to the end runs alone while the other core waits. */
const longest = [/kill-points/, /postgresql-\d+\.test/, /mariadb|replicas|check-boundaries|redis-\d/];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = longest.findIndex((name) => name.test(moduleId));
      return place === -1 ? longest.length : place;
    };
    return [...files].sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    include: ['{contract,launcher,drivers,agent,server,client,components,scripts,bench}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'server/store/generated/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
