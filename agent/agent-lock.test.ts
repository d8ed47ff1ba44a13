import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { identifyProcess } from '#drivers/process/pid-identity.ts';
import { takeAgentLock } from './agent-lock.ts';

test('one agent per guest: a living one keeps the lock, a dead one or a stranger with its pid does not', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'guestboard-lock-'));
  const file = path.join(folder, 'run', 'agent.json');
  const lock = takeAgentLock(folder);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(identifyProcess(process.pid));
  lock.release();
  takeAgentLock(folder);
  const other = spawn('/bin/sleep', ['60']);
  const holder = identifyProcess(other.pid ?? 0);
  writeFileSync(file, JSON.stringify(holder));
  expect(() => takeAgentLock(folder)).toThrow(`Another agent of this guest is running: process ${other.pid}.`);
  writeFileSync(file, JSON.stringify({ ...holder, startTicks: 1 }));
  takeAgentLock(folder).release();
  other.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
