import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import type { Actor } from '#contract/may.ts';
import { createControlBus } from '#drivers/bus/socket/control.ts';
import { localProcess } from '#drivers/compute/local-process/local-process.ts';
import { authenticateGuest, createControl, toGuestsUrl } from './control.ts';
import { createSocketServer } from './live/socket-server.ts';
import { createLog } from './log.ts';
import { createStore, type Store } from './store/store.ts';

export type HeadlessOptions = {
  databaseUrl: string;
  keyFile: string;
  data: string;
  port: number;
  nodeId: string;
  agentFolder: string;
  portRange: { first: number; last: number };
  /** Where to kill this very process: "operation/step:before". */
  killAt?: string;
  /** Only when the first execution of an operation comes there: the next one, of another replica perhaps, carries it on. */
  killFirstOnly?: boolean;
  logLevel?: string;
  /** Where else datastores' programs are. */
  programFolders?: string[];
  /** What stands in front of several replicas. */
  agentsUrl?: string;
};
export type Headless = Awaited<ReturnType<typeof startHeadless>>;

const project = fileURLToPath(new URL('..', import.meta.url));

/** The control plane without its pages and its API: store, bus, conductor, workflows, duties. */
export async function startHeadless(options: HeadlessOptions) {
  const log = createLog(options.logLevel ?? 'warn');
  const config = {
    ...options,
    proofsAtOnce: 1,
    host: '127.0.0.1',
    guestHost: '127.0.0.1',
    tls: null,
    publicUrl: '',
    agentsUrl: options.agentsUrl ?? null,
  };
  const store = createStore({ databaseUrl: options.databaseUrl, keyFile: options.keyFile });
  const tail = await store.changes.tail();
  const http = createServer();
  const io = createSocketServer(http, store, () => {});
  const compute = localProcess({
    dataFolder: options.data,
    agentFolder: options.agentFolder,
    ...(options.programFolders ? { programFolders: options.programFolders } : {}),
  });
  const bus = createControlBus({ io, authenticate: ({ instanceId, token }) => authenticateGuest(store, instanceId, token) });
  const control = createControl({
    config: { ...config, controlPlaneUrl: toGuestsUrl(config) },
    store,
    tail,
    bus,
    compute,
    log,
    hazard: async ({ name, epoch }, step, place) => {
      if (options.killAt !== `${name}/${step}:${place}` || (options.killFirstOnly && epoch !== 1)) return;
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
    look: () => void running.startWaiting().catch(() => {}),
    async stop() {
      await running.stop();
      await bus.close();
      await new Promise<void>((resolve) => io.close(() => resolve()));
      await tail.close();
      await store.close();
    },
  };
}

/** The account behind an actor: operations are carried out with the rights it has then. */
export async function addAccount({ database }: Store, { accountId, name, operator }: Actor): Promise<void> {
  const email = `${accountId}@local.invalid`;
  await database.prisma.user.create({ data: { id: accountId, name, username: name, email, role: operator ? 'admin' : 'user' } });
}

/** Agent and headless server, the first as it is shipped. */
export async function buildPrograms(folder: string): Promise<{ agentFolder: string; serverFile: string }> {
  mkdirSync(folder, { recursive: true });
  const banner = "--banner:js=import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";
  const agentFolder = path.join(folder, 'agent');
  // Beside node_modules, where what is not bundled is found.
  const serverFile = path.join(project, 'dist', `headless-${process.pid}.mjs`);
  const notInstalled = ['pg-native', '@opentelemetry/*', 'winston', 'winston-transport'].map((name) => `--external:${name}`);
  const inParts = ['--splitting', `--outdir=${agentFolder}`, '--entry-names=agent', '--out-extension:.js=.mjs'];
  await bundle('agent/index.ts', ...inParts, '--external:pg-native', banner);
  // With its packages inside it starts in two thirds of the time: tests start it a hundred times.
  await bundle(
    'server/headless.testsuite.ts',
    `--outfile=${serverFile}`,
    ...notInstalled,
    '--minify-whitespace',
    '--legal-comments=none',
    banner,
  );
  return { agentFolder, serverFile };
}

async function bundle(entry: string, ...options: string[]): Promise<void> {
  const navigator = '--define:navigator={"userAgent":"Node.js"}';
  const shape = ['--bundle', '--platform=node', '--format=esm', '--target=node20', '--log-level=warning', navigator];
  await promisify(execFile)(path.join(project, 'node_modules/esbuild/bin/esbuild'), [entry, ...shape, ...options], { cwd: project });
}

// Started as a program of its own by tests that kill it.
const given = process.argv[2];
if (given !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) void startProgram(JSON.parse(given) as HeadlessOptions);

async function startProgram(options: HeadlessOptions): Promise<void> {
  // It lives for seconds: making Prisma's WebAssembly fast would cost more than it ever saves.
  setFlagsFromString('--liftoff-only');
  const headless = await startHeadless(options);
  process.on('message', () => headless.look());
  process.send?.('ready');
}
