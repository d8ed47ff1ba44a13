import { writeFileSync } from 'node:fs';
import { runErrand } from './errand.mjs';
import { say, speakPlainly } from './say.mjs';

/** `npm run operator [-- --username name]`: a new password for somebody who lost theirs; every session of the account ends. */
await speakPlainly(async () => {
  const words = process.argv.slice(2);
  const { answer, layout } = await runErrand('operator', words);
  const isFirstOperator = words.length === 0;
  if (isFirstOperator) writeFileSync(layout.operatorPassword, `${answer}\n`, { mode: 0o600 });
  say(`New password${isFirstOperator ? ' of operator' : ''}: ${answer}${isFirstOperator ? `   (also in ${layout.operatorPassword})` : ''}`);
});
