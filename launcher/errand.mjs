import { existsSync } from 'node:fs';
import { ensureDatabaseAccount } from './account.mjs';
import { buildWhatChanged } from './build.mjs';
import { startDatabase } from './database.mjs';
import { layOut } from './layout.mjs';
import { placePostgres } from './packaged-postgres.mjs';
import { inProject, project } from './places.mjs';
import { findPostmaster } from './postmaster.mjs';
import { run } from './run.mjs';
import { Refusal } from './say.mjs';
import { readSettings } from './settings.mjs';

/** Has the server do a short job beside the one that may be running. Returns { answer, layout }: the one line it printed. */
export async function runErrand(errand, words) {
  const settings = readSettings();
  const account = ensureDatabaseAccount();
  const layout = layOut(settings, account);
  if (!existsSync(inProject('node_modules')) || !existsSync(layout.keyFile)) {
    throw new Refusal(`There is no Guestboard in ${layout.data} yet: \`npm start\` makes it.`);
  }
  if (!existsSync(inProject('dist/server.mjs'))) await buildWhatChanged(['server built']);
  return withDatabase(settings, layout, account, (databaseUrl) => askServer(errand, words, layout, databaseUrl));
}

/** The server program as a short job. Returns { answer, layout }. */
export async function askServer(errand, words, layout, databaseUrl) {
  const environment = {
    DATABASE_URL: databaseUrl,
    GUESTBOARD_DATA: layout.data,
    GUESTBOARD_KEY_FILE: layout.keyFile,
    NODE_ENV: 'production',
  };
  const { code, output } = await run(process.execPath, ['--no-deprecation', inProject('dist/server.mjs'), errand, ...words], {
    cwd: project,
    env: { ...process.env, ...environment },
  });
  if (code !== 0) throw new Refusal(output.trim());
  return { answer: output.trim().split('\n').at(-1), layout };
}

/** The database that runs already, or one started for the while. */
export async function withDatabase(settings, layout, account, work) {
  if (settings.databaseUrl) return work(settings.databaseUrl);
  const wasRunning = findPostmaster(layout.database) !== undefined;
  const database = await startDatabase(layout, placePostgres(account, layout), account);
  try {
    return await work(database.url);
  } finally {
    if (!wasRunning) await database.stop();
  }
}
