import { readConfig } from './config.ts';
import { runErrand } from './errands.ts';
import { createLog } from './log.ts';
import { runRecovery } from './recovery/errand.ts';
import { serve } from './serve.ts';

try {
  const config = readConfig(process.cwd());
  const [errand, ...words] = process.argv.slice(2);
  if (errand === 'operator' || errand === 'token') await runErrand(config, errand, words);
  else if (errand === 'recover') await runRecovery(config, words);
  else await serve(config, createLog(config.logLevel));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
  // Whatever was opened before the fault must not keep the process.
  setTimeout(() => process.exit(1), 500).unref();
}
