import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findPostmaster } from '../launcher/postmaster.mjs';
import { isSameProcess, listProcesses, signal, waitUntilGone } from '../launcher/process-identity.mjs';
import { type Process, readEnvironment } from './processes.ts';

/** A whole Guestboard on a data folder and a port of its own, as `npm start` runs it. */
export type Product = { url: string; port: number; data: string };

/** The one the specs share, as playwright.config.ts chose it. */
export function sharedProduct(): Product {
  const port = Number(required('GUESTBOARD_PORT'));
  return { url: `http://127.0.0.1:${port}`, port, data: required('GUESTBOARD_DATA') };
}

/** Starts it by the launcher, in a session of its own, and waits until pages can be had. */
export async function startProduct(product: Product, environment: Record<string, string> = {}): Promise<void> {
  const logFile = `${product.data}-start.log`;
  mkdirSync(path.dirname(product.data), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, ['launcher/start.mjs'], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...toEnvironment(product), ...environment },
  });
  child.unref();
  const end = Date.now() + 240_000;
  while (!(await isReady(product))) {
    if (child.exitCode !== null || Date.now() > end)
      throw new Error(`Guestboard is not ready (exit code ${child.exitCode}).\n${lastLines(logFile)}`);
    await pause(50);
  }
}

/** Stops it with all its guests, by the command a person has. */
export async function stopProduct(product: Product): Promise<void> {
  const child = spawn(process.execPath, ['launcher/stop.mjs'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...toEnvironment(product) },
  });
  let words = '';
  child.stderr.on('data', (chunk) => {
    words += chunk;
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code !== 0) throw new Error(`npm stop ended with ${code}: ${words}`);
}

/** Ends the server as a power cut would, and the launcher that watches it; guests and databases are not touched. */
export async function killServer(product: Product): Promise<void> {
  const launchers = listProcesses().filter((found: Process) => isLauncherOf(found, product));
  signal(getServer(product), 'SIGKILL');
  await Promise.all(launchers.map((found: Process) => waitUntilGone(found, 20_000)));
  if (launchers.some((found: Process) => isSameProcess(found.pid, found.startTicks))) throw new Error('The launcher outlives its server.');
}

/** The server's process of this data folder. Throws when none runs. */
export function getServer(product: Product): Process {
  const found = listProcesses().find(
    (candidate: Process) =>
      candidate.args.some((arg) => arg.endsWith('dist/server.mjs')) && readEnvironment(candidate.pid).GUESTBOARD_DATA === product.data,
  );
  if (!found) throw new Error(`No server runs on ${product.data}.`);
  return found;
}

/** The control plane's own PostgreSQL. Throws when none runs. */
export function getOwnDatabase(product: Product): Process {
  const found = findPostmaster(path.join(product.data, 'database'));
  if (!found) throw new Error(`No database of the control plane runs on ${product.data}.`);
  return found;
}

export function readOperatorPassword(product: Product): string {
  return readFileSync(path.join(product.data, 'operator-password'), 'utf8').trim();
}

function isLauncherOf(found: Process, product: Product): boolean {
  return found.args.some((arg) => arg.endsWith('launcher/start.mjs')) && readEnvironment(found.pid).GUESTBOARD_DATA === product.data;
}

function toEnvironment(product: Product): Record<string, string> {
  return { GUESTBOARD_PORT: String(product.port), GUESTBOARD_HOST: '127.0.0.1', GUESTBOARD_DATA: product.data };
}

async function isReady(product: Product): Promise<boolean> {
  try {
    return (await fetch(`${product.url}/readyz`)).ok;
  } catch {
    return false;
  }
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the specs through Playwright's configuration.`);
  return value;
}
