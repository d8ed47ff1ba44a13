import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { GuestboardError } from '#contract/errors.ts';
import { identifyProcess, type ProcessIdentity, readCommandLine } from '#drivers/process/pid-identity.ts';
import { spawnDetached } from '#drivers/process/spawn-detached.ts';
import { createEngineServer } from '../../engine-server.ts';
import { readTail } from '../../logs/text-files.ts';
import { clearProcesses, readPidFile, runsIn } from '../../server-processes.ts';
import type { Place } from './place.testsuite.ts';

export type Client = { ask(...words: unknown[]): Promise<unknown>; onEnd(then: () => void): void; cut(): void };

/** Asks one thing after another; what is not answered when the connection ends is refused. */
export function converse(socket: Duplex): Client {
  const waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];
  socket.on('error', () => {});
  socket.on('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('The connection ended.'));
  });
  const lines = createInterface({ input: socket });
  lines.on('error', () => {});
  lines.on('line', (line) => {
    const { value, error } = JSON.parse(line) as { value?: unknown; error?: string };
    if (error === undefined) waiting.shift()?.resolve(value);
    else waiting.shift()?.reject(new Error(error));
  });
  return {
    ask: (...words) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('The connection ended.'));
        waiting.push({ resolve, reject });
        socket.write(`${JSON.stringify(words)}\n`);
      }),
    onEnd: (then) => socket.once('close', then),
    cut: () => socket.destroy(),
  };
}

export async function connect(place: Place): Promise<Client> {
  const socket = connectSocket(place.socketFile);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return converse(socket);
}

/** Throws `engine-unavailable` when nobody answers. */
export async function ask(place: Place, ...words: unknown[]): Promise<unknown> {
  const client = await connect(place).catch((error: Error) => {
    throw new GuestboardError('engine-unavailable', 'The notebook does not answer.', { detail: error.message });
  });
  return client.ask(...words).finally(() => client.cut());
}

export function createServer(place: Place) {
  return createEngineServer({
    title: 'Notebook',
    find: () => findServer(place),
    launch: () => launch(place),
    answers: () =>
      ask(place, 'look').then(
        () => true,
        () => false,
      ),
    stopSignals: [['SIGTERM', 5000]],
    release: () => clearLeftovers(place),
    startupLog: place.startupLog,
    lastWords: () => readTail(place.logFile, 500),
  });
}

function findServer(place: Place): ProcessIdentity | null {
  const pid = readPidFile(place.pidFile);
  return pid !== null && isOurs(place, pid) ? identifyProcess(pid) : null;
}

function isOurs(place: Place, pid: number): boolean {
  return runsIn(place.data, process.execPath, pid) && readCommandLine(pid).includes(place.configFile);
}

async function clearLeftovers(place: Place): Promise<void> {
  await clearProcesses({ folder: place.data, isOurs: (pid) => isOurs(place, pid), patienceMs: 2000, killedMs: 5000 });
  rmSync(place.pidFile, { force: true });
}

async function launch(place: Place): Promise<ProcessIdentity> {
  if (!existsSync(place.data)) throw new GuestboardError('engine-unavailable', 'The data folder is not complete. Initialise it first.');
  await clearLeftovers(place);
  const args = [place.program, place.configFile];
  const main = await spawnDetached({ command: process.execPath, args, outputFile: place.startupLog, cwd: place.data });
  writeFileSync(place.pidFile, `${main.pid}\n`, { mode: 0o600 });
  return main;
}
