import { prepareTests } from './prepare-tests.mjs';
import { runHere } from './run-here.mjs';
import { phase, Refusal, speakPlainly } from './say.mjs';

/** `npm run campaign`: the random tests for as long as it takes. `npm run campaign -- 500` says how many operations. */
await speakPlainly(async () => {
  const operations = process.argv[2] ?? '200';
  await prepareTests();
  let code;
  await phase(
    `${operations} operations with random kills`,
    async () => {
      code = await runHere('node_modules/@playwright/test/cli.js', ['test', 'chaos'], { GUESTBOARD_CHAOS_OPERATIONS: operations });
    },
    true,
  );
  if (code !== 0) throw new Refusal(`The campaign ended with ${code}: its seed is printed above, GUESTBOARD_CHAOS_SEED runs it again.`);
});
