import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import * as x509 from '@peculiar/x509';
import type { DatastoreName } from '#contract/datastores/index.ts';
import type { CommandContext, CommandInput } from '#contract/guest/commands.ts';
import type { GuestIdentity } from '#contract/guest/identity.ts';
import { takePort } from '#drivers/ports.testsuite.ts';
import { signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import { listTree } from '#drivers/process/process-tree.ts';
import { createPace } from './backup/pace.ts';
import type { CreateEngine, Engine, EngineEvent, EngineHost } from './engine.ts';
import { engines } from './engines/index.ts';

/**
 * Database servers refuse to run as root, and an agent never is: from here on this test file's process is nobody.
 * Every test file has a process of its own.
 */
export function leaveRoot(): void {
  if (process.getuid?.() !== 0) return;
  process.setgroups?.([]);
  process.setgid?.(65_534);
  process.setuid?.(65_534);
}

/**
 * The same programs where nobody may run them: root's clone may lie in a folder closed to others. Call before leaving root;
 * the copy, where one is needed, is nobody's own, so that it can be removed afterwards.
 */
export function makeReachable(binFolder: string): { binFolder: string; remove(): void } {
  const ancestors = binFolder.split(path.sep).map((_, index, parts) => parts.slice(0, index + 1).join(path.sep) || '/');
  const open = ancestors.every((folder) => ((statSync(folder, { throwIfNoEntry: false })?.mode ?? 1) & 0o001) !== 0);
  if (process.getuid?.() !== 0 || open) return { binFolder, remove: () => {} };
  const copy = mkdtempSync('/tmp/gbt-programs-');
  execFileSync('cp', ['-a', path.dirname(binFolder), path.join(copy, 'programs')]);
  execFileSync('chown', ['-R', '65534:65534', copy]);
  return {
    binFolder: path.join(copy, 'programs', path.basename(binFolder)),
    remove: () => rmSync(copy, { recursive: true, force: true }),
  };
}

/** Seen as one that can do everything: a suite asks only for what the datastore claims. */
type TestedEngine = Engine<'postgresql'>;

export type TestGuest = {
  identity: GuestIdentity;
  engine: TestedEngine;
  events: EngineEvent[];
  log: string[];
  tls: Tls;
  /** How often the engine said it would be down on purpose. */
  expectedDowns(): number;
  /** Who is told when the monitor's connection is lost. */
  onConnectionLost(told: () => void): void;
  /** The same guest with a new agent: nothing remembered but what is on disk. */
  withNewAgent(): TestGuest;
  initialise(change?: Partial<CommandInput<'lifecycle.initialise'>>): Promise<void>;
  /** initialise and start. */
  begin(change?: Partial<CommandInput<'lifecycle.initialise'>>): Promise<void>;
};
export type Tls = CommandInput<'lifecycle.initialise'>['tls'];
export type TestProject = { folder: string; tls: Tls; createGuest(): Promise<TestGuest>; close(): Promise<void> };

const MiB = 1024 ** 2;

/** A project with a certificate authority and a backup folder; `close` ends every guest made in it and removes everything. */
export async function createProject(datastore: DatastoreName, version: string, binFolder: string): Promise<TestProject> {
  const folder = await mkdtemp('/tmp/gbt-');
  const backupFolder = path.join(folder, 'backups');
  await mkdir(backupFolder, { mode: 0o750 });
  const tls = await createTls();
  const createEngine = (await engines[datastore]()).createEngine as unknown as CreateEngine<'postgresql'>;
  const projectId = randomUUID();
  const guests: TestGuest[] = [];
  return {
    folder,
    tls,
    createGuest: async () => {
      const identity: GuestIdentity = {
        instanceId: randomUUID(),
        projectId,
        instanceName: 'tested',
        datastore,
        version,
        binFolder,
        folder: path.join(folder, `guest-${guests.length + 1}`),
        backupFolder,
        port: await takePort(),
        listenAddress: '127.0.0.1',
        peers: [],
        controlPlaneUrl: 'http://127.0.0.1:1',
        token: 'unused',
        heartbeatIntervalMs: 1000,
        controlGroups: { memory: null, cpu: null },
      };
      await mkdir(identity.folder, { mode: 0o700 });
      const guest = createAgent(identity, tls, createEngine);
      guests.push(guest);
      return guest;
    },
    close: async () => {
      for (const guest of guests) {
        const { engine } = guest.withNewAgent();
        const main = await engine.adopt();
        for (const { pid, startTicks } of main === null ? [] : listTree(main)) {
          const identity = { pid, startTicks, hostBoot: main?.hostBoot ?? '' };
          signalProcess(identity, 'SIGKILL');
          await waitForEnd(identity, 5000);
        }
        await guest.engine.close();
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function createAgent(identity: GuestIdentity, tls: Tls, createEngine: CreateEngine<'postgresql'>): TestGuest {
  const events: EngineEvent[] = [];
  const log: string[] = [];
  let downs = 0;
  let connectionLost = () => {};
  const size = { memoryBytes: 512 * MiB, cpus: 1, volumeBytes: 1024 * MiB };
  const pace = createPace();
  const host: EngineHost = {
    identity,
    now: Date.now,
    event: (event) => events.push(event),
    expectDown: async (work) => {
      downs += 1;
      return work();
    },
    connectionLost: () => connectionLost(),
    size: () => size,
    pace,
    setPace: async (bytesPerSecond) => pace.set(bytesPerSecond),
    setExchanged: async () => {},
    log: (sentence) => log.push(sentence),
  };
  const engine = createEngine(host);
  const initialise: TestGuest['initialise'] = async (change = {}) => {
    await engine.lifecycle.initialise(
      { size, tls, allowedCidrs: ['127.0.0.0/8'], parameters: {}, data: { kind: 'empty' }, ...change },
      context(),
    );
  };
  return {
    identity,
    engine,
    events,
    log,
    tls,
    expectedDowns: () => downs,
    onConnectionLost: (told) => {
      connectionLost = told;
    },
    withNewAgent: () => createAgent(identity, tls, createEngine),
    initialise,
    begin: async (change) => {
      await initialise(change);
      await engine.lifecycle.start({}, context());
    },
  };
}

/** A command's context that keeps its progress and ends by itself after half a minute. */
export function context(
  signal: AbortSignal = AbortSignal.timeout(30_000),
): CommandContext & { steps: { done: number; total: number | null }[] } {
  const steps: { done: number; total: number | null }[] = [];
  return { signal, steps, progress: ({ done, total }) => steps.push({ done, total }) };
}

/** Asks until the answer pleases, at most `deadlineMs`; fails with the last answer. */
export async function until<T>(ask: () => Promise<T> | T, pleases: (answer: T) => boolean, deadlineMs = 10_000): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (pleases(answer)) return answer;
    if (performance.now() > end) throw new Error(`Still ${JSON.stringify(answer)} after ${deadlineMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function createTls(): Promise<Tls> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const caKeys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const notAfter = new Date(Date.now() + 86_400_000);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Test project',
    keys: caKeys,
    signingAlgorithm: algorithm,
    notAfter,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    subject: 'CN=127.0.0.1',
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: algorithm,
    notAfter,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])],
  });
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { certificatePem: certificate.toString('pem'), key: { password: key }, caPem: ca.toString('pem') };
}
