import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { ensureDatabaseAccount } from './account.mjs';
import { requireDatabasePassword, startDatabase, stopLeftDatabase } from './database.mjs';
import { installEnginePackages } from './engine-packages.mjs';
import { findGuestFolder } from './guests.mjs';
import { requireKeyFile } from './key-file.mjs';
import { layOut } from './layout.mjs';
import { keepLogsSmall } from './log-limit.mjs';
import { hasRows, migrate } from './migration.mjs';
import { linkPackagedPostgres, placePostgres } from './packaged-postgres.mjs';
import { installPackages } from './packages.mjs';
import { inProject } from './places.mjs';
import { requireFreePort, requireSupportedNode, requireWritableFolder } from './preflight.mjs';
import { waitUntilGone } from './process-identity.mjs';
import { claimRecord, dropRecord, findLauncher, markStopping } from './record.mjs';
import { phase, Refusal, say } from './say.mjs';
import { startServer, toUrl, waitUntilReady, whereItSpoke } from './server-process.mjs';
import { readSettings } from './settings.mjs';
import { onStopRequest } from './stop-request.mjs';

/**
 * Everything from an unpacked clone to a page that answers, then waits until it is asked to stop. `program` is what node runs
 * as the server, `build` makes it, `mode` is NODE_ENV, and `isTalkative` shows the server's log here instead of in a file.
 */
export async function startGuestboard(plan) {
  requireSupportedNode();
  const settings = readSettings();
  const account = ensureDatabaseAccount();
  const layout = layOut(settings, account);
  requireWritableFolder(layout.data);
  const url = toUrl(settings);
  const running = { isStopping: false, began: performance.now() };
  await requireNoOther(layout);
  await requireFreePort(settings.port, settings.host);
  await requireKeys(settings, layout);
  if (!claimRecord(layout, url)) throw new Refusal('Another start on this data folder was faster.');
  onStopRequest((name) => {
    // From the keyboard; `npm stop` says itself what it stops. The empty line ends the one with ^C in it.
    if (name === 'SIGINT')
      say('\nThe server is being stopped. Databases run on: `npm start` takes them up again, `npm stop` stops them too.');
    return stopInOrder(running, layout);
  });
  try {
    await start(plan, running, { settings, layout, account, url });
  } catch (error) {
    if (running.isStopping) return;
    await stopInOrder(running, layout);
    throw error;
  }
  const code = await running.server.ended;
  if (running.isStopping) return;
  await stopInOrder(running, layout);
  throw new Refusal(
    `The server ended unasked (${code}); ${whereItSpoke(running.server)}. Databases run on. Start it again with \`npm start\`.`,
  );
}

async function requireNoOther(layout) {
  const other = findLauncher(layout);
  if (other?.isStopping) await phase('earlier server stopped', () => waitUntilGone(other, 45_000));
  if (!other || !findLauncher(layout)) return;
  throw new Refusal(`Guestboard already runs on this data folder, at ${other.url} (process ${other.pid}): \`npm stop\` stops it.`);
}

/** Nothing is started that could not be opened, and what a killed start had left is not left once more. */
async function requireKeys(settings, layout) {
  if (!existsSync(layout.database)) return;
  try {
    requireKeyFile(layout.keyFile, !settings.databaseUrl);
    if (!settings.databaseUrl) requireDatabasePassword(layout);
  } catch (error) {
    await stopLeftDatabase(layout);
    throw error;
  }
}

async function start(plan, running, { settings, layout, account, url }) {
  if (layout.isMoved)
    say(`        ${settings.data} is closed to the accounts that databases run as: data and programs live in ${layout.data}`);
  await Promise.all([installPackages(), installEnginePackages()]);
  await plan.build();
  linkPackagedPostgres();
  const databaseUrl = settings.databaseUrl ?? (await startOwnDatabase(running, layout, account));
  if (!existsSync(layout.keyFile)) requireKeyFile(layout.keyFile, settings.databaseUrl !== undefined && (await hasRows(databaseUrl)));
  await phase('schema up to date', async () => ({ empty: 'made', behind: 'migrated', current: undefined })[await migrate(databaseUrl)]);
  const isFirst = !existsSync(layout.operatorPassword);
  running.server = startServer(plan, layout, settings, {
    NODE_ENV: plan.mode,
    GUESTBOARD_PORT: String(settings.port),
    GUESTBOARD_HOST: settings.host,
    GUESTBOARD_DATA: layout.data,
    GUESTBOARD_KEY_FILE: layout.keyFile,
    GUESTBOARD_AGENT: inProject('dist/agent'),
    GUESTBOARD_NODE_ID: process.env.GUESTBOARD_NODE_ID ?? `${hostname()}-${settings.port}`,
    DATABASE_URL: databaseUrl,
  });
  await phase('server ready', () => waitUntilReady(running.server));
  keepLogsSmall(layout);
  greet(running, layout, url, isFirst);
}

async function startOwnDatabase(running, layout, account) {
  const native = placePostgres(account, layout);
  let url;
  await phase("control plane's database started", async () => {
    running.database = await startDatabase(layout, native, account);
    running.database.keepUp();
    url = running.database.url;
    return running.database.isNew ? 'new' : running.database.isAdopted ? 'adopted from an earlier start' : undefined;
  });
  return url;
}

function greet(running, layout, url, isFirst) {
  say();
  say(`Guestboard runs at ${url} (after ${((performance.now() - running.began) / 1000).toFixed(1)} s)`);
  if (isFirst && existsSync(layout.operatorPassword)) {
    say('  operator   operator');
    say(`  password   ${readFileSync(layout.operatorPassword, 'utf8').trim()}   (shown once; also in ${layout.operatorPassword})`);
  }
  say(`  data       ${layout.data}`);
  const guests = findGuestFolder(layout.data);
  if (guests && !guests.startsWith(layout.data))
    say(`  guests     ${guests}   (the path of the data folder is too long for their sockets)`);
  if (running.server.logFile) say(`  log        ${running.server.logFile}`);
  say('  stop       Ctrl-C stops the server and leaves the databases running; `npm stop` stops everything');
}

async function stopInOrder(running, layout) {
  if (running.isStopping) return;
  running.isStopping = true;
  markStopping(layout);
  await running.server?.stop();
  await running.database?.stop();
  dropRecord(layout);
}
