import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDatabaseAccount } from './account.mjs';
import { buildWhatChanged } from './build.mjs';
import { askServer, withDatabase } from './errand.mjs';
import { requireKeyFile } from './key-file.mjs';
import { layOut } from './layout.mjs';
import { migrate } from './migration.mjs';
import { linkPackagedPostgres } from './packaged-postgres.mjs';
import { installPackages } from './packages.mjs';
import { requireSupportedNode, requireWritableFolder } from './preflight.mjs';
import { findLauncher } from './record.mjs';
import { phase, Refusal, say, speakPlainly } from './say.mjs';
import { readSettings } from './settings.mjs';

const usage =
  'npm run recover -- --key-file <file with the recovery key> --from <folder, or file that describes a storage> [--from …] [--catalogue]';

/**
 * Brings a control plane back on an empty data folder from its newest save; with `--catalogue`, where no save is left, projects and
 * backups from what lies beside the backups themselves. Then `npm start`.
 */
await speakPlainly(async () => {
  requireSupportedNode();
  const words = readWords();
  const settings = readSettings();
  const account = ensureDatabaseAccount();
  const layout = layOut(settings, account);
  requireWritableFolder(layout.data);
  if (findLauncher(layout)) throw new Refusal(`Guestboard runs on ${layout.data}: stop it first, \`npm stop\`.`);
  await installPackages();
  await buildWhatChanged(['server built']);
  linkPackagedPostgres();
  const { answer } = await withDatabase(settings, layout, account, async (databaseUrl) => {
    await phase('schema up to date', () => migrate(databaseUrl).then(() => undefined));
    if (words.includes('--catalogue')) requireKeyFile(layout.keyFile, false);
    return askServer('recover', words, layout, databaseUrl);
  });
  say(answer);
  say('`npm start` starts it.');
});

function readWords() {
  let values;
  try {
    ({ values } = parseArgs({
      options: { 'key-file': { type: 'string' }, from: { type: 'string', multiple: true }, catalogue: { type: 'boolean', default: false } },
    }));
  } catch (error) {
    throw new Refusal(`${error.message}\n${usage}`);
  }
  const from = values.from ?? [];
  if (!values['key-file'] || from.length === 0) throw new Refusal(usage);
  const keyFile = path.resolve(values['key-file']);
  try {
    readFileSync(keyFile);
  } catch (error) {
    throw new Refusal(`The file with the recovery key cannot be read: ${error.message}`);
  }
  const places = from.flatMap((place) => ['--from', path.resolve(place)]);
  return ['--key-file', keyFile, ...places, ...(values.catalogue ? ['--catalogue'] : [])];
}
