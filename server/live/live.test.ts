import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BrowserToServer, LiveChange, ServerToBrowser } from '#contract/live.ts';
import { type Person, startTestServer, type TestServer } from '../test-server.testsuite.ts';
import { toGuestFollowId } from './live-socket.ts';

type Page = {
  socket: Socket<ServerToBrowser, BrowserToServer>;
  changes: LiveChange[];
  pulses: string[];
  told: string[];
  numbers: number[];
  quietMs: number;
};

let server: TestServer;
let second: Awaited<ReturnType<TestServer['startReplica']>>;
let projectId: string;
let foreignId: string;
let instanceId: string;
const open: Page[] = [];

beforeAll(async () => {
  server = await startTestServer();
  second = await server.startReplica();
  projectId = await server.addProject('shop');
  foreignId = await server.addProject('bank');
  instanceId = await server.addInstance(projectId, 'orders');
});

afterAll(async () => {
  for (const { socket } of open) socket.close();
  await second?.stop();
  await server?.stop();
});

describe('a page', () => {
  test('hears of its projects’ changes, in order and without gaps, and of no other’s', async () => {
    const page = await connect(await server.addPerson('listener', { [projectId]: 'viewer' }));
    const foreign = await server.addInstance(foreignId, 'ledger');
    await change({ host: 'first' });
    await change({ host: 'second' });
    await until(() => page.changes.some((each) => each.kind === 'instance' && each.value.host === 'second'));
    expect(JSON.stringify(page.changes)).not.toContain(foreign);
    expect(page.numbers).toEqual(page.numbers.map((_, index) => index + 1));
  });

  test('hears of a commit at another replica within a second', async () => {
    const page = await connect(await server.addPerson('distant', { [projectId]: 'viewer' }), second.origin);
    await change({ host: 'third' });
    await until(() => page.changes.some((each) => each.kind === 'instance' && each.value.host === 'third'), 1000);
  });

  test('is told what was removed', async () => {
    const page = await connect(await server.addPerson('witness', { [projectId]: 'viewer' }));
    const gone = await server.addInstance(projectId, 'short-lived');
    await server.store.transact((tx) => server.store.instances.forget(tx, gone));
    await until(() => page.changes.some((each) => each.kind === 'removed' && each.id === gone));
  });

  test('is told how long nothing was committed that it could show', async () => {
    const person = await server.addPerson('returning', { [projectId]: 'viewer' });
    const watching = await connect(person);
    // A server knows of a commit once it has told its pages.
    const changeAndHear = async (host: string) => {
      await change({ host });
      await until(() => watching.changes.some((each) => each.kind === 'instance' && each.value.host === host));
    };
    await changeAndHear('fourth');
    const soon = await connect(person);
    await new Promise((resolve) => setTimeout(resolve, 600));
    const later = await connect(person);
    expect(later.quietMs).toBeGreaterThan(soon.quietMs + 500);
    await changeAndHear('fifth');
    expect((await connect(person)).quietMs).toBeLessThan(later.quietMs);
  });

  test('sees pulses of its projects only', async () => {
    const page = await connect(await server.addPerson('patient', { [projectId]: 'viewer' }));
    server.live.pulse({ projectId: foreignId, pulse: pulse('foreign') });
    server.live.pulse({ projectId, pulse: pulse('own') });
    await until(() => page.pulses.includes('own'));
    expect(page.pulses).not.toContain('foreign');
  });
});

describe.each(['here', 'on another replica'])('access that ends, with the page %s', (where) => {
  const origin = () => (where === 'here' ? server.origin : second.origin);

  test('a revoked member’s page goes quiet within a second', async () => {
    const person = await server.addPerson(`revoked-${where.length}`, { [projectId]: 'member' });
    const page = await connect(person, origin());
    const member = (await server.store.members.list(projectId)).find((each) => each.accountId === person.accountId);
    const answer = await server.send('DELETE', `/api/projects/${projectId}/members/${member?.id}`, { token: server.operatorToken });
    expect(answer.status).toBe(204);
    await until(() => page.told.includes('access.changed'), 1000);
    const heard = page.changes.length;
    await change({ host: `after ${where}` });
    server.live.pulse({ projectId, pulse: pulse('late') });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(page.changes.slice(heard)).toEqual([]);
    expect(page.pulses).not.toContain('late');
    const refused = await page.socket.emitWithAck('log.follow', { followId: 'f', instanceId, name: 'postgresql' });
    expect(refused).toMatchObject({ ok: false, problem: { code: 'not-found' } });
  });

  test('a log asked for while the rights are being looked at is followed all the same', async () => {
    const person = await server.addPerson(`hasty-${where.length}`, { [projectId]: 'member' });
    const page = await connect(person, origin());
    let looks = 0;
    page.socket.on('access.changed', () => (looks += 1));
    const announced = server.store.accounts.announceAccess(person.accountId);
    while (looks === 0)
      expect(await page.socket.emitWithAck('log.follow', { followId: 'f', instanceId, name: 'postgresql' })).toEqual({ ok: true });
    await announced;
  });

  test('a log followed under a name used again falls silent, too', async () => {
    const person = await server.addPerson(`reuser-${where.length}`, { [projectId]: 'member', [foreignId]: 'member' });
    const own = await server.addInstance(foreignId, `own-${where.length}`);
    const page = await connect(person, origin());
    const lines: string[] = [];
    page.socket.on('log.lines', ({ followId }) => lines.push(followId));
    for (const id of [instanceId, own]) {
      const follow = { followId: 'f', instanceId: id, name: 'postgresql' };
      expect(await page.socket.emitWithAck('log.follow', follow)).toEqual({ ok: true });
    }
    const say = (id: string) =>
      server.live.logLines({ instanceId: id, followId: toGuestFollowId(page.socket.id ?? '', 'f'), lines: [], droppedLines: 0 });
    say(own);
    await until(() => lines.length === 1);
    say(instanceId);
    say(own);
    await until(() => lines.length >= 2);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(lines).toHaveLength(2);
  });

  test('a revoked token’s socket is closed within a second', async () => {
    const person = await server.addPerson(`tokenless-${where.length}`, { [projectId]: 'member' });
    const page = await connect(person, origin());
    const [token] = await server.store.tokens.list(person.accountId);
    await server.send('DELETE', `/api/tokens/${token?.id}`, { token: person.token });
    await until(() => page.told.includes('access.ended') && !page.socket.connected, 1000);
    expect((await server.send('GET', '/api/me', { token: person.token })).status).toBe(401);
  });

  test('signing out closes the pages of that sign-in within a second', async () => {
    const person = await server.addPerson(`leaver-${where.length}`, { [projectId]: 'member' });
    const cookie = await signIn(person);
    const page = await connect(person, origin(), { cookie, origin: origin() });
    const answer = await server.send('POST', '/api/auth/sign-out', { headers: { cookie, origin: server.origin }, body: {} });
    expect(answer.status).toBe(200);
    await until(() => page.told.includes('access.ended') && !page.socket.connected, 1000);
    expect((await server.send('GET', '/api/me', { headers: { cookie } })).status).toBe(401);
  });
});

describe('a handshake', () => {
  test('from a foreign page is refused, with a good cookie and all', async () => {
    const cookie = await signIn(await server.addPerson('lured', {}));
    await expect(attempt(server.origin, { cookie, origin: 'https://evil.example' })).rejects.toThrow(/did not come from a page/);
    await expect(attempt(server.origin, { cookie })).rejects.toThrow(/did not come from a page/);
  });

  test('of nobody is refused', async () => {
    await expect(attempt(server.origin, { origin: server.origin })).rejects.toThrow('not-signed-in');
  });
});

async function change(data: { host: string }) {
  await server.store.transact((tx) => server.store.instances.change(tx, instanceId, data));
}

function pulse(id: string) {
  return { instanceId: id, sequence: 1, seenAtMs: 0, sentAtMs: 0, sample: null };
}

async function connect(person: Person, origin = server.origin, headers?: Record<string, string>): Promise<Page> {
  const { socket, greeted } = dial(origin, headers ?? { authorization: `Bearer ${person.token}` });
  const page: Page = { socket, changes: [], pulses: [], told: [], numbers: [], quietMs: 0 };
  open.push(page);
  socket.on('changed', ({ number, changes }) => {
    page.numbers.push(number);
    page.changes.push(...changes);
  });
  socket.on('pulses', ({ pulses }) => page.pulses.push(...pulses.map((each) => each.instanceId)));
  socket.on('access.changed', () => page.told.push('access.changed'));
  socket.on('access.ended', () => page.told.push('access.ended'));
  page.quietMs = await greeted;
  return page;
}

async function attempt(origin: string, headers: Record<string, string>): Promise<void> {
  const { socket, greeted } = dial(origin, headers);
  await greeted.finally(() => socket.close());
}

function dial(origin: string, extraHeaders: Record<string, string>) {
  const options = { transports: ['websocket'], extraHeaders, forceNew: true, reconnection: false };
  const socket: Page['socket'] = io(`${origin}/live`, options);
  const greeted = new Promise<number>((resolve, reject) => {
    socket.on('hello', ({ quietMs }) => resolve(quietMs));
    socket.on('connect_error', reject);
  });
  return { socket, greeted };
}

async function signIn({ username, password }: Person): Promise<string> {
  const answer = await server.send('POST', '/api/auth/sign-in/username', {
    body: { username, password },
    headers: { origin: server.origin },
  });
  expect(answer.status).toBe(200);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

async function until(isTrue: () => boolean, withinMs = 3000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`It did not happen within ${withinMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
