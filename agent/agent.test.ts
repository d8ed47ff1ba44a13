import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isSameProcess, signalProcess } from '#drivers/process/pid-identity.ts';
import { guestId, openTestHost, type TestHost } from './agent.testsuite.ts';
import type { RunningAgent } from './agent.ts';

let host: TestHost;
let agent: RunningAgent;
beforeEach(async () => {
  host = await openTestHost();
  agent = await host.startAgent();
});
afterEach(() => host.close());

const size = { memoryBytes: 1, cpus: 1, volumeBytes: 1024 ** 2 };
const tls = { certificatePem: '', key: { password: 'tls-key-secret' }, caPem: '' };
const initialInput = { size, tls, allowedCidrs: [], parameters: {}, data: { kind: 'empty' } };
const outcome = (commandId: string) =>
  vi.waitFor(() => {
    const ended = host.bodies('command-ended').filter((body) => body.commandId === commandId);
    expect(ended).not.toEqual([]);
    return ended.at(-1)?.outcome;
  }, 5000);
const lastFacts = () => host.bodies('heartbeat').at(-1)?.facts;
const eventCodes = () => host.bodies('event').map(({ code }) => code);

/** What is asked of the engine waits until the answer is called. */
function holdUp(): () => void {
  let release = () => {};
  host.fake.slow = new Promise((resolve) => {
    release = resolve;
  });
  return () => release();
}

async function begin() {
  expect(await host.deliver('init', 'lifecycle.initialise', initialInput)).toEqual({ state: 'accepted' });
  await outcome('init');
  expect(await host.deliver('start', 'lifecycle.start')).toEqual({ state: 'accepted' });
  expect(await outcome('start')).toEqual({ ok: true, output: {} });
}

test('beats from the first moment, numbered, and says what it sees before an outcome', async () => {
  expect(lastFacts()).toMatchObject({ processState: 'none', enforcement: { memory: 'advisory' } });
  await begin();
  const ended = host.reports.findIndex(({ body }) => body.type === 'command-ended' && body.commandId === 'start');
  const told = host.reports.findIndex(({ body }) => body.type === 'heartbeat' && body.facts.processState === 'running');
  expect(told).toBeGreaterThan(-1);
  expect(told).toBeLessThan(ended);
  await new Promise((resolve) => setTimeout(resolve, 550));
  const sample = host.bodies('heartbeat').at(-1)?.sample;
  expect(sample).toMatchObject({ metrics: { connections: 3 }, cpu: expect.any(Number) });
  expect(sample?.memoryBytes).toBeGreaterThan(10_000);
  expect(host.reports.map(({ sequence }) => sequence)).toEqual(host.reports.map((_, index) => index + 1));
  const beats = host.reports
    .filter(({ body }) => body.type === 'heartbeat' && body.sample !== null)
    .map(({ sentAtMs }) => sentAtMs)
    .slice(3);
  const seconds = ((beats.at(-1) ?? 0) - (beats[0] ?? 0)) / 1000;
  expect(beats.length / seconds).toBeGreaterThan(2);
  expect((beats.length - 2) / seconds).toBeLessThan(11.5);
});

test('commands begin and outcomes are told though nothing can be written down, which is done later; asked for again, nothing is done twice', async () => {
  await begin();
  const release = holdUp();
  const drop = () => host.deliver('full', 'accounts.dropUser', { name: 'ada' });
  expect(await drop()).toEqual({ state: 'accepted' });
  const folders = ['commands', 'outbox'].map((name) => path.join(host.folder, 'journal', name));
  for (const folder of folders) renameSync(folder, `${folder}.away`);
  const count = readdirSync(`${folders[0]}.away`).length;
  release();
  expect(await outcome('full')).toEqual({ ok: true, output: {} });
  expect(await drop()).toEqual({ state: 'ended' });
  expect(await host.deliver('full-stop', 'lifecycle.stop', {})).toEqual({ state: 'accepted' });
  expect(await outcome('full-stop')).toEqual({ ok: true, output: {} });
  expect(await host.deliver('full-start', 'lifecycle.start', {})).toEqual({ state: 'accepted' });
  expect(await outcome('full-start')).toEqual({ ok: true, output: {} });
  for (const folder of folders) renameSync(`${folder}.away`, folder);
  const read = () =>
    readdirSync(folders[0] ?? '')
      .map((file) => readFileSync(path.join(folders[0] ?? '', file), 'utf8'))
      .find((text) => text.includes('"full"'));
  await vi.waitFor(() => expect(read()).toContain('"ok":true'), 5000);
  await vi.waitFor(() => expect(readdirSync(folders[0] ?? '')).toHaveLength(count + 2), 5000);
});

test('does a command once, one action at a time, and refuses what it must by name', async () => {
  await begin();
  const release = holdUp();
  const drop = () => host.deliver('drop', 'accounts.dropUser', { name: 'ada' });
  expect(await Promise.all([drop(), drop()])).toEqual([{ state: 'accepted' }, { state: 'accepted' }]);
  expect(await host.deliver('other', 'lifecycle.stop')).toMatchObject({
    state: 'refused',
    code: 'busy',
    sentence: 'accounts.dropUser is running on this guest.',
    running: 'drop',
  });
  expect(await host.control().call(guestId, 'accounts.listUsers', {}, 1000)).toEqual({ users: [] });
  expect(host.bodies('command-progress')).toMatchObject([{ commandId: 'drop', done: 1, total: 2, unit: 'items' }]);
  release();
  expect(await outcome('drop')).toEqual({ ok: true, output: {} });
  host.reports.length = 0;
  expect(await drop()).toEqual({ state: 'ended' });
  expect(await outcome('drop')).toEqual({ ok: true, output: {} });

  expect(await host.deliver('e5', 'lifecycle.start', {}, { epoch: 5 })).toEqual({ state: 'accepted' });
  await outcome('e5');
  expect(await host.deliver('e4', 'lifecycle.stop', {}, { epoch: 4 })).toMatchObject({ state: 'refused', code: 'stale-epoch' });
  const refusal = (name: string, input: unknown) => host.deliver(name, name, input, { epoch: 5 });
  expect(await refusal('lifecycle.explode', {})).toMatchObject({ code: 'not-implemented' });
  expect(await refusal('accounts.createUser', { name: 'pg_x', password: 'short', grants: [] })).toMatchObject({ code: 'invalid-input' });
  await expect(host.control().call(guestId, 'lifecycle.stop', {}, 1000)).rejects.toMatchObject({ code: 'agent-refused' });
});

test('a command ends by its deadline, by cancelling, or with the engine’s own words', async () => {
  await begin();
  host.fake.slow = new Promise(() => {});
  const drop = (id: string, deadlineMs: number) => host.deliver(id, 'accounts.dropUser', { name: 'ada' }, { deadlineMs });
  await drop('late', Date.now() + 200);
  expect(await outcome('late')).toMatchObject({ ok: false, fault: { code: 'deadline-passed' } });
  await drop('cancelled', Date.now() + 60_000);
  host.control().cancel(guestId, 'cancelled');
  expect(await outcome('cancelled')).toMatchObject({ ok: false, fault: { sentence: 'accounts.dropUser was cancelled.' } });
  await host.deliver('stop', 'lifecycle.stop');
  await outcome('stop');
  host.fake.failStarts = 1;
  await host.deliver('again', 'lifecycle.start');
  expect(await outcome('again')).toMatchObject({ ok: false, fault: { detail: 'it does not start' } });
});

test('an action that an agent’s end interrupted is taken up again when it is delivered again, and no password is ever written', async () => {
  await begin();
  host.fake.slow = new Promise(() => {});
  await host.deliver('drop', 'accounts.dropUser', { name: 'ada' });
  await agent.stop();
  host.fake.slow = Promise.resolve();
  agent = await host.startAgent();
  expect(host.bodies('command-ended').filter(({ commandId }) => commandId === 'drop')).toEqual([]);
  expect(await host.deliver('drop', 'accounts.dropUser', { name: 'ada' })).toEqual({ state: 'accepted' });
  expect(await outcome('drop')).toEqual({ ok: true, output: {} });

  const secret = 'correct horse battery';
  await host.deliver('user', 'accounts.createUser', { name: 'ada', password: secret, grants: [] });
  await outcome('user');
  expect(host.fake.passwords).toEqual([secret]);
  for (const written of readdirSync(host.folder, { recursive: true, withFileTypes: true })) {
    if (!written.isFile()) continue;
    expect(readFileSync(path.join(written.parentPath, written.name), 'utf8')).not.toMatch(/correct horse|tls-key-secret/);
  }
});

test('tells a crash at once and brings the database back', async () => {
  await begin();
  const killedAtMs = Date.now();
  signalProcess(host.fake.main(), 'SIGKILL');
  host.fake.connectionLost();
  await vi.waitFor(() => expect(eventCodes()).toEqual(['engine-crashed', 'engine-restarted']), 5000);
  await vi.waitFor(() => expect(lastFacts()).toMatchObject({ processState: 'running', recentCrashes: 1 }), 5000);
  expect(host.bodies('heartbeat').some(({ facts }) => facts.processState === 'crashed')).toBe(true);
  const [crash, restart] = host.bodies('event').map(({ atMs }) => atMs);
  expect(crash).toBeGreaterThanOrEqual(killedAtMs);
  // Long before the next look that nobody asked for.
  expect(crash).toBeLessThan(killedAtMs + 1000);
  expect(lastFacts()).toMatchObject({ crashedAtMs: crash, restartedAtMs: restart });
});

test('leaves the database running when it ends, and a new agent adopts it; found dead, it is brought back', async () => {
  await begin();
  const main = host.fake.main();
  await agent.stop();
  expect(isSameProcess(main)).toBe(true);
  agent = await host.startAgent();
  await vi.waitFor(() => expect(lastFacts()).toMatchObject({ processState: 'running' }), 5000);
  expect(host.fake.main()).toEqual(main);
  await vi.waitFor(() => expect(eventCodes()).toEqual(['engine-adopted']), 5000);

  await agent.stop();
  signalProcess(main, 'SIGKILL');
  await vi.waitFor(() => expect(isSameProcess(main)).toBe(false), 5000);
  agent = await host.startAgent();
  await vi.waitFor(() => expect(eventCodes().slice(1)).toEqual(['engine-crashed', 'engine-restarted']), 5000);
  expect(host.fake.starts).toBe(2);
});

test('stopped on request it stays stopped, also under a new agent', async () => {
  await begin();
  await host.deliver('stop', 'lifecycle.stop');
  await outcome('stop');
  await agent.stop();
  agent = await host.startAgent();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(lastFacts()).toMatchObject({ processState: 'stopped' });
  expect([host.fake.starts, eventCodes()]).toEqual([1, []]);
});

test('beats on while the engine does not answer, and says so', async () => {
  await begin();
  host.fake.hang = true;
  host.reports.length = 0;
  await vi.waitFor(() => expect(lastFacts()).toMatchObject({ processState: 'not-answering', acceptsLogins: false }), 5000);
  const before = host.bodies('heartbeat').length;
  await new Promise((resolve) => setTimeout(resolve, 550));
  expect(host.bodies('heartbeat').length - before).toBeGreaterThanOrEqual(3);
  await vi.waitFor(() => expect(eventCodes()).toEqual(['engine-not-answering']), 5000);
  host.fake.hang = false;
  await vi.waitFor(() => expect(lastFacts()).toMatchObject({ processState: 'running' }), 5000);
  await vi.waitFor(() => expect(eventCodes()).toEqual(['engine-not-answering', 'engine-answers']), 5000);
  expect(host.bodies('event').at(-1)?.sentence).toMatch(/^The database answers again\. It had not answered for [1-9]\d* s\.$/);
});

test('what happened while the control plane was away arrives later, even from an agent that is gone', async () => {
  await begin();
  await host.stopPlane();
  host.reports.length = 0;
  signalProcess(host.fake.main(), 'SIGKILL');
  await vi.waitFor(() => expect(host.fake.starts).toBe(2), 5000);
  await agent.stop();
  await host.startPlane();
  agent = await host.startAgent();
  await vi.waitFor(() => expect(eventCodes()).toEqual(['engine-crashed', 'engine-restarted', 'engine-adopted']), 5000);
  await vi.waitFor(() => expect(readdirSync(path.join(host.folder, 'journal', 'outbox'))).toEqual([]), 5000);
  expect(host.bodies('heartbeat').length).toBeGreaterThan(0);
});

test('stops writes when the volume is full and allows them again when there is room', async () => {
  await begin();
  const ballast = path.join(host.folder, 'data', 'ballast');
  await vi.waitFor(() => {
    // Goes on, as tenants do: other tests give back so little at the same moment.
    appendFileSync(ballast, Buffer.alloc(size.volumeBytes));
    expect(lastFacts()).toMatchObject({ volumeState: 'read-only', acceptsWrites: false });
  }, 8000);
  expect(host.fake.writable.at(-1)).toBe(false);
  rmSync(ballast);
  await vi.waitFor(() => expect(lastFacts()).toMatchObject({ volumeState: 'ok', acceptsWrites: true }), 8000);
  expect(host.fake.writable.at(-1)).toBe(true);
  expect(eventCodes()).toEqual(['volume-read-only', 'volume-ok']);
});
