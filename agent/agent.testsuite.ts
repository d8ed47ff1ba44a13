import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CommandDelivery } from '#contract/guest/commands.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import { Report, type ReportBody } from '#contract/guest/reports.ts';
import type { ControlBus } from '#drivers/bus/bus.ts';
import { startTestControlPlane, type TestControlPlane } from '#drivers/bus/socket/control-plane.testsuite.ts';
import { isProcessIdentity, isSameProcess, type ProcessIdentity, signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import { spawnDetached } from '#drivers/process/spawn-detached.ts';
import { type RunningAgent, startAgent } from './agent.ts';
import type { CreateEngine, Engine, EngineLook } from './engine.ts';

export const guestId = '0192f3a0-0000-7000-8000-00000000000a';

/** An engine whose database is `sleep`: a real process to kill and adopt, and switches for everything that can go wrong. */
export type FakeEngine = {
  create: CreateEngine<'postgresql'>;
  main(): ProcessIdentity;
  /** As when the engine's monitor hears its connection end. */
  connectionLost(): void;
  /** Looks never come back, as when the process is stopped by a signal. */
  hang: boolean;
  failStarts: number;
  starts: number;
  writable: boolean[];
  /** What accounts.dropUser waits for. */
  slow: Promise<void>;
  passwords: string[];
};

export function createFakeEngine(folder: string): FakeEngine {
  const pidFile = path.join(folder, 'run', 'fake.json');
  const readPid = () => (existsSync(pidFile) ? (JSON.parse(readFileSync(pidFile, 'utf8')) as unknown) : null);
  const fake: FakeEngine = {
    create: (host) => {
      fake.connectionLost = host.connectionLost;
      let process: ProcessIdentity | null = null;
      const alive = () => process !== null && isSameProcess(process);
      const look: EngineLook = {
        processState: 'running',
        acceptsLogins: true,
        acceptsWrites: true,
        restartRequired: false,
        role: 'standalone',
        version: 'fake 1',
        startedAtMs: 1,
        replication: null,
        lastError: null,
        metrics: { connections: 3 },
      };
      const unused = async () => {
        throw new Error('unused');
      };
      const engine = {
        async adopt() {
          const found = readPid();
          process = isProcessIdentity(found) && isSameProcess(found) ? found : null;
          return process;
        },
        mainProcess: () => process,
        endedCleanly: async () => !existsSync(pidFile),
        look: (signal) =>
          fake.hang
            ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
            : Promise.resolve(alive() ? look : { ...look, processState: host.size() === null ? 'none' : 'stopped', metrics: null }),
        lifecycle: {
          initialise: async () => ({}),
          start: async () => {
            if (alive()) return {};
            fake.starts += 1;
            if (fake.failStarts > 0) {
              fake.failStarts -= 1;
              throw new Error('it does not start');
            }
            process = await spawnDetached({ command: '/bin/sleep', args: ['3600'], outputFile: path.join(folder, 'run', 'fake.log') });
            writeFileSync(pidFile, JSON.stringify(process));
            return {};
          },
          stop: async () => {
            if (process !== null) {
              signalProcess(process, 'SIGTERM');
              await waitForEnd(process, 2000);
            }
            process = null;
            rmSync(pidFile, { force: true });
            return {};
          },
          resize: async () => ({ restartRequired: false }),
        },
        accounts: {
          createUser: async ({ password }) => {
            fake.passwords.push(String(password));
            return {};
          },
          dropUser: async (_input, { signal, progress }) => {
            progress({ done: 1, total: 2, unit: 'items' });
            const aborted = new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
            await Promise.race([fake.slow, aborted]);
            return {};
          },
          listUsers: async () => ({ users: [] }),
        },
        setWritable: async (writable) => {
          fake.writable.push(writable);
        },
        logSources: () => [],
        volumeFolders: () => [path.join(folder, 'data')],
        close: async () => {},
        configuration: { apply: unused },
      } satisfies Omit<Partial<Engine<'postgresql'>>, 'accounts'> & { accounts: Partial<Engine<'postgresql'>['accounts']> };
      return engine as unknown as Engine<'postgresql'>;
    },
    main: () => {
      const found = readPid();
      if (!isProcessIdentity(found)) throw new Error('the fake database was never started');
      return found;
    },
    connectionLost: () => {},
    hang: false,
    failStarts: 0,
    starts: 0,
    writable: [],
    slow: Promise.resolve(),
    passwords: [],
  };
  return fake;
}

export type TestHost = {
  folder: string;
  fake: FakeEngine;
  reports: Report[];
  control(): ControlBus;
  bodies<T extends ReportBody['type']>(type: T): Extract<ReportBody, { type: T }>[];
  /** Resolves when its first beat has arrived. */
  startAgent(): Promise<RunningAgent>;
  startPlane(): Promise<void>;
  stopPlane(): Promise<void>;
  deliver(commandId: string, name: string, input?: unknown, more?: Partial<CommandDelivery>): ReturnType<ControlBus['deliver']>;
  close(): Promise<void>;
};

/** A folder for one guest, a control plane that keeps every report, and agents started by hand. */
export async function openTestHost(): Promise<TestHost> {
  const folder = mkdtempSync(path.join(tmpdir(), 'guestboard-agent-'));
  for (const name of ['run', 'data']) mkdirSync(path.join(folder, name));
  const fake = createFakeEngine(folder);
  const reports: Report[] = [];
  const agents: RunningAgent[] = [];
  let plane: TestControlPlane | null = null;
  let port: number | null = null;

  const host: TestHost = {
    folder,
    fake,
    reports,
    control: () => {
      if (plane === null) throw new Error('the control plane is not started');
      return plane.control;
    },
    // One that was not acknowledged in time comes again, as itself: the conductor, too, takes it once.
    bodies: (type) =>
      [...new Map(reports.map((report) => [toOrigin(report), report.body])).values()].filter(
        (body): body is Extract<ReportBody, { type: typeof type }> => body.type === type,
      ),
    async startAgent() {
      const identity = makeIdentity(folder, port ?? 0);
      const earlier = new Set(reports.map(({ bootId }) => bootId));
      const agent = await startAgent({ identity, agentVersion: '1', createEngine: fake.create, log: () => {} });
      agents.push(agent);
      const heard = () => reports.some(({ bootId, body }) => body.type === 'heartbeat' && !earlier.has(bootId));
      for (let waited = 0; !heard(); waited += 10) {
        if (waited > 5000) throw new Error('the agent was not heard within five seconds');
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return agent;
    },
    async startPlane() {
      plane = await startTestControlPlane(async (hello) => ({ instanceId: hello.instanceId }), port);
      port = plane.port;
      plane.control.onReport(async (_guest, report) => void reports.push(Report.parse(report)));
    },
    async stopPlane() {
      await plane?.close();
      plane = null;
    },
    deliver: (commandId, name, input = {}, more = {}) =>
      host.control().deliver(guestId, { commandId, name, epoch: 1, deadlineMs: Date.now() + 60_000, input, ...more }, 2000),
    async close() {
      for (const agent of agents) await agent.stop();
      await host.stopPlane();
      if (existsSync(path.join(folder, 'run', 'fake.json'))) signalProcess(fake.main(), 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await host.startPlane();
  return host;
}

function toOrigin({ bootId, sequence, body }: Report): string {
  return (body.type === 'event' ? body.eventId : undefined) ?? `${bootId}/${sequence}`;
}

function makeIdentity(folder: string, port: number): GuestIdentity {
  return {
    instanceId: guestId,
    projectId: 'p',
    instanceName: 'fake',
    datastore: 'postgresql',
    version: '1',
    binFolder: '/bin',
    folder,
    backupFolder: folder,
    port: 1,
    listenAddress: '127.0.0.1',
    peers: [],
    controlPlaneUrl: `http://127.0.0.1:${port}`,
    token: 't',
    heartbeatIntervalMs: 100,
    controlGroups: { memory: null, cpu: null },
  };
}
