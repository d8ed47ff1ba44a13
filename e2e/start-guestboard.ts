import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { removeTestFolder } from '../launcher/test-folder.mjs';
import stopGuestboard from './stop-guestboard.ts';

/** A whole Guestboard for the specs: its own data folder and port, as the configuration chose them. */
export default async function startGuestboard(): Promise<void> {
  const data = required('GUESTBOARD_DATA');
  stopGuestboard();
  removeTestFolder(data);
  mkdirSync(path.dirname(data), { recursive: true });
  const log = openSync(path.join(path.dirname(data), 'e2e-start.log'), 'w');
  const launcher = spawn(process.execPath, ['launcher/start.mjs'], { stdio: ['ignore', log, log], detached: true });
  launcher.unref();
  const deadline = Date.now() + 240_000;
  while (!(await isReady())) {
    if (launcher.exitCode !== null) throw new Error(`Guestboard did not start: see ${path.dirname(data)}/e2e-start.log`);
    if (Date.now() > deadline) throw new Error(`Guestboard is not ready after four minutes: see ${path.dirname(data)}/e2e-start.log`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${required('GUESTBOARD_PORT')}/readyz`)).ok;
  } catch {
    return false;
  }
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the specs through Playwright's configuration`);
  return value;
}
