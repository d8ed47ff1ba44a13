import { ensureDatabaseAccount } from './account.mjs';
import { stopLeftDatabase } from './database.mjs';
import { stopGuests } from './guests.mjs';
import { layOut } from './layout.mjs';
import { signal, waitUntilGone } from './process-identity.mjs';
import { findLauncher } from './record.mjs';
import { phase, say, speakPlainly } from './say.mjs';
import { readSettings } from './settings.mjs';

/**
 * `npm stop`: the server first, so that nobody brings guests back; then the agents, so that nobody brings engines back; then
 * the engines. What each instance should be stays written in the database: the next start brings back those meant to run.
 */
await speakPlainly(async () => {
  const layout = layOut(readSettings(), ensureDatabaseAccount());
  const launcher = findLauncher(layout);
  if (launcher) {
    await phase('server stopped', async () => {
      signal(launcher, 'SIGTERM');
      if (!(await waitUntilGone(launcher, 60_000))) signal(launcher, 'SIGKILL');
    });
  }
  if (await stopLeftDatabase(layout)) say("        the control plane's database, which a killed start had left, is stopped");
  await phase('guests stopped', () => stopGuests(layout));
});
