import { getRequestListener } from '@hono/node-server';
import { createControlBus } from '#drivers/bus/socket/control.ts';
import { computes } from '#drivers/compute/index.ts';
import { createApi } from './api/app.ts';
import { type Config, toTrustedOrigins } from './config.ts';
import { authenticateGuest, createControl, toGuestsUrl } from './control.ts';
import { addHealth } from './health.ts';
import { createHttpServer } from './http-server.ts';
import { createIdentity } from './identity/identity.ts';
import { createLive } from './live/live.ts';
import { createSocketServer } from './live/socket-server.ts';
import type { Log } from './log.ts';
import { createPages } from './pages.ts';
import { createRecoveryDuty } from './recovery/duty.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { createStore, type Store } from './store/store.ts';
import { createSystem } from './system.ts';

const version = '0.1.0';

/** Starts everything in order; on SIGTERM or SIGINT stops it in reverse. Guests are never touched by either. */
export async function serve(config: Config, log: Log): Promise<void> {
  const startedMs = performance.now();
  const onFault = (error: unknown) => log.error({ err: error }, 'A fault of our own.');
  const origins = toTrustedOrigins(config);
  const trustedOrigins = new Set(origins);

  const store = createStore({ databaseUrl: config.databaseUrl, keyFile: config.keyFile, onFault });
  await requireKeys(store, config.keyFile);
  const tail = await store.changes.tail();
  store.instanceDirectory.follow(tail);
  const identity = createIdentity({
    store,
    tail,
    publicUrl: config.publicUrl,
    trustedOrigins: origins,
    secure: config.publicUrl.startsWith('https:'),
  });
  await identity.createFirstOperator(config.data);
  const recovery = createRecoveryDuty({ store, config, log });
  await recovery.begin();

  const { http, open } = createHttpServer(config);
  const io = createSocketServer(http, store, onFault);
  const compute = computes['local-process']({
    dataFolder: config.data,
    agentFolder: config.agentFolder,
    programFolders: config.programFolders,
    ...(config.tls ? { trustFile: config.tls.cert } : {}),
  });
  const bus = createControlBus({ io, authenticate: ({ instanceId, token }) => authenticateGuest(store, instanceId, token) });
  const control = createControl({ config: { ...config, controlPlaneUrl: toGuestsUrl(config) }, store, tail, bus, compute, recovery, log });
  const { guests, conductor } = control;
  const system = createSystem(store, compute, version);
  const openLocalStorage = (projectId: string) => {
    compute.ensureBackupFolder(projectId);
    return control.openStorage({ kind: 'local-directory' }, projectId);
  };
  const live = createLive({
    io,
    store,
    tail,
    authenticate: identity.authenticate,
    trustedOrigins,
    guests,
    replicaId: config.nodeId,
    version,
    onFault,
  });
  conductor.volatile.on('pulse', (pulse) => {
    const projectId = store.instanceDirectory.findProject(pulse.instanceId);
    if (projectId !== null) live.pulse({ projectId, pulse });
  });
  conductor.volatile.on('log-lines', (lines) => live.logLines(lines));
  let isStarted = false;
  const api = createApi({
    store,
    guests,
    identity,
    host: { name: config.guestHost, ...system, renewRecoveryKey: recovery.renewKey, openLocalStorage },
    publicUrl: config.publicUrl,
    authenticate: identity.authenticate,
    trustedOrigins,
    onFault: (error, requestId) => log.error({ err: error, requestId }, 'A request failed.'),
    handleSignIn: identity.handle,
    version,
  });
  addHealth(api, {
    authenticate: identity.authenticate,
    findUnready: async () => {
      if (!isStarted) return 'Starting.';
      await store.database.pool.query('select 1');
      return tail.isConnected() ? null : 'The change feed is being connected again.';
    },
    readFigures: async () => ({
      sockets: live.countSockets(),
      agents: bus.connected().length,
      ...(await system.readFigures(conductor.counters())),
    }),
  });
  await control.takeStock();
  const pages = await createPages(config, http);
  open({ ...pages, api: getRequestListener(api.fetch, { overrideGlobalObjects: false }) });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(config.port, config.host, resolve);
  });
  const running = await control.start();
  isStarted = true;
  log.info({ url: config.publicUrl, startMs: Math.round(performance.now() - startedMs) }, 'Ready.');

  stopOnSignal(log, [
    () => running.stop(),
    () => live.close(),
    () => bus.close(),
    () => new Promise<void>((resolve) => io.close(() => resolve())),
    () => pages.close(),
    () => tail.close(),
    () => store.close(),
  ]);
}

/** Another key would start as if nothing were wrong, and let every secret be lost that is not written anew by then. */
async function requireKeys(store: Store, keyFile: string): Promise<void> {
  const missing = await store.secrets.findMissingKey();
  if (missing === null) return;
  throw new Error(
    `The key file ${keyFile} does not hold the key ${missing}, under which secrets in the database are sealed: put back the copy you keep, or name it in GUESTBOARD_KEY_FILE.`,
  );
}
