import { existsSync, readFileSync, rmSync } from 'node:fs';
import { inProject } from './places.mjs';
import { prepareTests } from './prepare-tests.mjs';
import { runHere } from './run-here.mjs';
import { phase, Refusal, say, speakPlainly } from './say.mjs';

const results = inProject('var/test');
const runners = [
  {
    title: 'unit, driver and engine tests',
    script: 'node_modules/vitest/vitest.mjs',
    args: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${results}/vitest.json`],
    report: `${results}/vitest.json`,
    count: (found) => ({
      passed: found.numPassedTests,
      failed:
        found.numFailedTests + found.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length,
      skipped: found.numPendingTests + found.numTodoTests,
    }),
  },
  {
    title: 'browser specs',
    script: 'node_modules/@playwright/test/cli.js',
    args: ['test'],
    report: `${results}/playwright.json`,
    count: ({ stats }) => ({ passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped }),
  },
];

/** `npm test`: everything. `npm test -- vitest` or `npm test -- playwright` for one of the two. */
await speakPlainly(async () => {
  await prepareTests();
  const wanted = process.argv.slice(2);
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const runner of runners) {
    if (wanted.length > 0 && !wanted.some((word) => runner.script.includes(word))) continue;
    await phase(
      runner.title,
      async () => {
        const counts = await runTests(runner);
        for (const key of Object.keys(totals)) totals[key] += counts[key];
        return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
      },
      true,
    );
  }
  say(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  if (totals.failed > 0) throw new Refusal('Tests failed.');
  if (totals.passed === 0) throw new Refusal('No test ran.');
  if (totals.skipped > 0 && process.getuid() === 0) throw new Refusal('Tests were skipped: as root nothing may be.');
});

/** A runner that ended badly without a failed test (a crash, a teardown error) counts as one failure. */
async function runTests({ script, args, report, count }) {
  rmSync(report, { force: true });
  const code = await runHere(script, args, { NODE_ENV: 'test' });
  const counts = existsSync(report) ? count(JSON.parse(readFileSync(report, 'utf8'))) : { passed: 0, failed: 1, skipped: 0 };
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}
