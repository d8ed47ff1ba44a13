import { io, type Socket } from 'socket.io-client';
import type { BrowserToServer, LiveChange, ServerToBrowser } from '#contract/live.ts';
import { enter, expect, test } from './fixtures.ts';
import { createInstance, operate, uniqueName } from './instances.ts';
import { joinNewProject } from './people.ts';
import type { Product } from './product.ts';
import { RestError } from './rest.ts';

type LiveSocket = Socket<ServerToBrowser, BrowserToServer>;

test('two tenants cannot see each other: not in the list, not by address, not by API, not on the socket', async ({
  product,
  rest,
  browser,
}) => {
  const owner = await joinNewProject(product, rest, 'admin');
  const stranger = await joinNewProject(product, rest, 'admin');
  const instance = await createInstance(owner.rest, { projectId: owner.projectId, name: uniqueName('secret') });
  const path = { instanceId: instance.id };

  await test.step('the stranger’s list and pages do not know it', async () => {
    const context = await browser.newContext({ baseURL: product.url });
    await enter(context, product, stranger);
    const page = await context.newPage();
    await page.goto('/instances');
    await expect(page.locator('[data-live="live"]')).toBeVisible();
    await expect(page.getByText(instance.name)).toHaveCount(0);
    await page.goto(`/instances/${instance.id}`);
    await expect(page.getByText(/does not exist/).first()).toBeVisible();
    await expect(page.getByText(instance.name)).toHaveCount(0);
    await context.close();
  });

  await test.step('the stranger’s API calls answer 404, as for what never was', async () => {
    expect((await stranger.rest('listInstances')).items).toEqual([]);
    await expectStatus(404, stranger.rest('getInstance', { path }));
    await expectStatus(404, stranger.rest('listEvents', { path }));
    await expectStatus(404, stranger.rest('listUsers', { path }));
    await expectStatus(404, stranger.rest('revealPassword', { path, body: { user: 'keeper' } }));
    await expectStatus(404, stranger.rest('startOperation', { path, body: { name: 'stop-instance' } }));
    await expectStatus(
      404,
      stranger.rest('createInstance', {
        body: { projectId: owner.projectId, input: { name: uniqueName('intruder'), datastore: 'postgresql', version: instance.version } },
      }),
    );
  });

  await test.step('the stranger’s socket hears nothing of it, while the owner’s does', async () => {
    const owners = await listen(product, owner.cookie);
    const strangers = await listen(product, stranger.cookie);
    await operate(owner.rest, instance.id, 'rename-instance', { name: uniqueName('renamed') });
    await expect.poll(() => owners.mentions(instance.id)).toBe(true);
    await expect.poll(() => owners.pulses(instance.id)).toBeGreaterThan(0);
    expect(strangers.mentions(instance.id)).toBe(false);
    expect(strangers.pulses(instance.id)).toBe(0);
    const answer = await strangers.socket.emitWithAck('log.follow', { followId: 'mine', instanceId: instance.id, name: 'postgresql.log' });
    expect(answer).toMatchObject({ ok: false });
    owners.socket.disconnect();
    strangers.socket.disconnect();
  });
});

test('a member whose membership is revoked sees the page go quiet', async ({ product, rest, browser }) => {
  const member = await joinNewProject(product, rest, 'member');
  const instance = await createInstance(member.rest, { projectId: member.projectId, name: uniqueName('revoked') });
  const context = await browser.newContext({ baseURL: product.url });
  await enter(context, product, member);
  const page = await context.newPage();
  await page.goto('/instances');
  await expect(page.getByText(instance.name).first()).toBeVisible();
  for (const width of [1024, 1280]) {
    await page.setViewportSize({ width, height: 720 });
    const seen = await page.locator(`[data-instance="${instance.name}"]`).getByRole('cell').last().boundingBox();
    expect((seen?.x ?? width) + (seen?.width ?? 0), 'the last column fits').toBeLessThanOrEqual(width - 24);
  }
  const opened = await context.newPage();
  await opened.goto(`/instances/${instance.id}`);
  await expect(opened.locator('[data-live="live"]')).toBeVisible();
  await expect(opened.getByRole('heading', { name: instance.name }), 'it was open to them').toBeVisible();

  const entries = await rest('listMembers', { path: { projectId: member.projectId } });
  const memberId = entries.items.find(({ username }) => username === member.username)?.id ?? '';
  await rest('removeMember', { path: { projectId: member.projectId, memberId } });

  await expect(page.getByText(instance.name)).toHaveCount(0);
  await expect(page.getByText('You belong to no project yet'), 'an empty list says why').toBeVisible();
  await expect(opened.getByText(`${instance.name} is no longer open to you`), 'its own page says so, too').toBeVisible();
  await expect(opened.getByText('was deleted')).toHaveCount(0);
  await expectStatus(404, member.rest('getInstance', { path: { instanceId: instance.id } }));
  await context.close();
});

async function expectStatus(status: number, call: Promise<unknown>) {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error instanceof RestError ? error.status : error).toBe(status);
}

async function listen(product: Product, cookie: string) {
  const socket: LiveSocket = io(`${product.url}/live`, {
    transports: ['websocket'],
    forceNew: true,
    extraHeaders: { cookie, origin: product.url },
  });
  const changes: LiveChange[] = [];
  const heard = new Map<string, number>();
  socket.on('changed', (message) => changes.push(...message.changes));
  socket.on('pulses', ({ pulses }) => {
    for (const { instanceId } of pulses) heard.set(instanceId, (heard.get(instanceId) ?? 0) + 1);
  });
  await new Promise<void>((resolve, reject) => socket.on('hello', () => resolve()).on('connect_error', reject));
  return {
    socket,
    mentions: (id: string) => changes.some((change) => JSON.stringify(change).includes(id)),
    pulses: (id: string) => heard.get(id) ?? 0,
  };
}
