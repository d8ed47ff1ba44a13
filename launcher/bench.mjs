import { prepareTests } from './prepare-tests.mjs';
import { runHere } from './run-here.mjs';
import { Refusal, speakPlainly } from './say.mjs';

/** `npm run bench`, `npm run bench -- create requests` for some figures. */
await speakPlainly(async () => {
  await prepareTests();
  const code = await runHere('node_modules/tsx/dist/cli.mjs', ['bench/index.ts', ...process.argv.slice(2)]);
  if (code !== 0) throw new Refusal(`The benchmarks ended with ${code}.`);
});
