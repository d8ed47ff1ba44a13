import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { ensureDatabaseAccount } from './account.mjs';
import { buildWhatChanged } from './build.mjs';
import { startDatabase } from './database.mjs';
import { installEnginePackages } from './engine-packages.mjs';
import { requireKeyFile } from './key-file.mjs';
import { layOut } from './layout.mjs';
import { hasRows, migrate } from './migration.mjs';
import { installPackages } from './packages.mjs';
import { placeAgent, placePostgres, preparePackagedPostgres } from './placement.mjs';
import { requireFreePort, requireSupportedNode, requireWritableFolder } from './preflight.mjs';
import { claimRecord, dropRecord, findLauncher } from './record.mjs';
import { phase, Refusal, say, speakPlainly } from './say.mjs';
import { startServer, toUrl, waitUntilReady } from './server-process.mjs';
import { readSettings } from './settings.mjs';
import { onStopRequest } from './stop-request.mjs';

const began = performance.now();
const running = {};

await speakPlainly(async () => {
  requireSupportedNode();
  const settings = readSettings();
  const account = ensureDatabaseAccount();
  const layout = layOut(settings, account);
  requireWritableFolder(layout.data);
  const url = toUrl(settings);
  const other = findLauncher(layout);
  if (other)
    throw new Refusal(`Guestboard already runs on this data folder, at ${other.url} (process ${other.pid}): \`npm stop\` stops it.`);
  await requireFreePort(settings.port, settings.host);
  if (existsSync(layout.database)) requireKeyFile(layout.keyFile, !settings.databaseUrl);
  if (!claimRecord(layout, url)) throw new Refusal('Another start on this data folder was faster.');
  onStopRequest(() => stopInOrder(layout));
  try {
    await start(settings, layout, account, url);
  } catch (error) {
    await stopInOrder(layout);
    throw error;
  }
  const code = await running.server.ended;
  if (running.isStopping) return;
  await stopInOrder(layout);
  throw new Refusal(
    `The server ended unasked (${code}); its log is ${running.server.logFile}. Databases run on. Start it again with \`npm start\`.`,
  );
});

async function start(settings, layout, account, url) {
  if (layout.isMoved)
    say(`        ${settings.data} is closed to the accounts that databases run as: data and programs live in ${layout.data}`);
  await installPackages();
  await installEnginePackages();
  await buildWhatChanged();
  const native = settings.databaseUrl && process.arch !== 'x64' ? undefined : placePostgres(preparePackagedPostgres(), account, layout);
  const databaseUrl = settings.databaseUrl ?? (await startOwnDatabase(layout, native, account));
  if (!existsSync(layout.keyFile)) requireKeyFile(layout.keyFile, settings.databaseUrl !== undefined && (await hasRows(databaseUrl)));
  await phase('schema up to date', async () => ({ empty: 'made', behind: 'migrated', current: undefined })[await migrate(databaseUrl)]);
  const isFirst = !existsSync(layout.operatorPassword);
  running.server = startServer(layout, settings, {
    NODE_ENV: 'production',
    GUESTBOARD_PORT: String(settings.port),
    GUESTBOARD_HOST: settings.host,
    GUESTBOARD_DATA: layout.data,
    GUESTBOARD_KEY_FILE: layout.keyFile,
    GUESTBOARD_AGENT: placeAgent(account, layout),
    GUESTBOARD_POSTGRESQL: native ?? '',
    GUESTBOARD_NODE_ID: process.env.GUESTBOARD_NODE_ID ?? `${hostname()}-${settings.port}`,
    DATABASE_URL: databaseUrl,
  });
  await phase('server ready', () => waitUntilReady(running.server));
  greet(layout, url, isFirst);
}

async function startOwnDatabase(layout, native, account) {
  let url;
  await phase("control plane's database started", async () => {
    running.database = await startDatabase(layout, native, account);
    url = running.database.url;
    return running.database.isNew ? 'new' : running.database.isAdopted ? 'adopted from an earlier start' : undefined;
  });
  return url;
}

function greet(layout, url, isFirst) {
  say();
  say(`Guestboard runs at ${url} (after ${((performance.now() - began) / 1000).toFixed(1)} s)`);
  if (isFirst && existsSync(layout.operatorPassword)) {
    say('  operator   operator');
    say(`  password   ${readFileSync(layout.operatorPassword, 'utf8').trim()}   (shown once; also in ${layout.operatorPassword})`);
  }
  say(`  data       ${layout.data}`);
  say(`  log        ${running.server.logFile}`);
  say('  stop       Ctrl-C stops the server and leaves the databases running; `npm stop` stops everything');
}

async function stopInOrder(layout) {
  if (running.isStopping) return;
  running.isStopping = true;
  await running.server?.stop();
  await running.database?.stop();
  dropRecord(layout);
}
