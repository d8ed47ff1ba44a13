import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createControlBus } from '#drivers/bus/socket/control.ts';
import { localProcess } from '#drivers/compute/local-process/local-process.ts';
import { authenticateGuest, createControl, toGuestsUrl } from './control.ts';
import { createSocketServer } from './live/socket-server.ts';
import { createLog } from './log.ts';
import { createStore } from './store/store.ts';

export type HeadlessOptions = {
  databaseUrl: string;
  keyFile: string;
  data: string;
  port: number;
  nodeId: string;
  agentFile: string;
  portRange: { first: number; last: number };
  /** Where to kill this very process: "operation/step:before". Each place kills once, by the file named here. */
  killAt?: string;
  logLevel?: string;
};
export type Headless = Awaited<ReturnType<typeof startHeadless>>;

const project = fileURLToPath(new URL('..', import.meta.url));

/** The control plane without its pages and its API: store, bus, conductor, workflows, duties. */
export async function startHeadless(options: HeadlessOptions) {
  const log = createLog(options.logLevel ?? 'warn');
  const config = { ...options, host: '127.0.0.1', guestHost: '127.0.0.1', tls: null, publicUrl: '' };
  const store = createStore({ databaseUrl: options.databaseUrl, keyFile: options.keyFile });
  const tail = await store.changes.tail();
  const http = createServer();
  const io = createSocketServer(http, store, () => {});
  const compute = localProcess({ dataFolder: options.data, agentProgram: options.agentFile });
  const bus = createControlBus({ io, authenticate: ({ instanceId, token }) => authenticateGuest(store, instanceId, token) });
  let armed = options.killAt !== undefined;
  const control = createControl({
    config: { ...config, controlPlaneUrl: toGuestsUrl(config) },
    store,
    tail,
    bus,
    compute,
    log,
    hazard: async (operation, step, place) => {
      if (!armed || options.killAt !== `${operation}/${step}:${place}`) return;
      armed = false;
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => {});
    },
  });
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(options.port, '127.0.0.1', resolve);
  });
  const running = await control.start();
  return {
    store,
    compute,
    bus,
    ...control,
    async stop() {
      await running.stop();
      await bus.close();
      await new Promise<void>((resolve) => io.close(() => resolve()));
      await tail.close();
      await store.close();
    },
  };
}

/** The agent as one file, as it is shipped. */
export async function buildAgent(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'agent.mjs');
  const banner = "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";
  const shape = ['--bundle', '--platform=node', '--format=esm', '--target=node20', '--log-level=warning', '--external:pg-native'];
  await promisify(execFile)(
    path.join(project, 'node_modules/esbuild/bin/esbuild'),
    ['agent/index.ts', ...shape, `--banner:js=${banner}`, `--outfile=${file}`],
    { cwd: project },
  );
  return file;
}

// Started as a program of its own by tests that kill it.
const given = process.argv[2];
if (process.argv[1] === fileURLToPath(import.meta.url) && given !== undefined) {
  await startHeadless(JSON.parse(given) as HeadlessOptions);
  process.send?.('ready');
}
