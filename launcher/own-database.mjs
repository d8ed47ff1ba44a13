import { ensureDatabaseAccount } from './account.mjs';
import { startDatabase } from './database.mjs';
import { layOut } from './layout.mjs';
import { placePostgres } from './packaged-postgres.mjs';
import { findPostmaster } from './postmaster.mjs';
import { requireWritableFolder } from './preflight.mjs';
import { readSettings } from './settings.mjs';

/** Runs `work(environment)` with the control plane's database up: the one that runs, or one started for the while. */
export async function withOwnDatabase(work) {
  const settings = readSettings();
  const account = ensureDatabaseAccount();
  const layout = layOut(settings, account);
  const environment = (databaseUrl) => ({ DATABASE_URL: databaseUrl, GUESTBOARD_DATA: layout.data, GUESTBOARD_KEY_FILE: layout.keyFile });
  if (settings.databaseUrl) return work(environment(settings.databaseUrl));
  requireWritableFolder(layout.data);
  const wasRunning = findPostmaster(layout.database) !== undefined;
  const database = await startDatabase(layout, placePostgres(account, layout), account);
  try {
    return await work(environment(database.url));
  } finally {
    if (!wasRunning) await database.stop();
  }
}
