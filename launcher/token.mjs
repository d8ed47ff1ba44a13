import { runErrand } from './errand.mjs';
import { speakPlainly } from './say.mjs';

/** `npm run token -- --name ci --days 90 [--username operator]`: prints a new API token and nothing else. */
await speakPlainly(() => runErrand('token', process.argv.slice(2)).then(({ answer }) => process.stdout.write(`${answer}\n`)));
