import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { expect, test } from './fixtures.ts';
import { uniqueName } from './instances.ts';
import { letSecondPass, restoreByDragging } from './moments.ts';
import { createOnPage, expectState, operateOnPage, readConnectionCard } from './pages.ts';
import { detach, promoteUnderMap, replicateOnMap } from './replicas.ts';

test('a DBA creates a Redis, connects to it as its card says, adds a user who may only read, and ends a connection', async ({
  page,
  rest,
}) => {
  await page.goto('/instances/new');
  await page.getByText('Redis 7.0', { exact: true }).click();
  await expect(page.getByLabel('Database', { exact: true })).toHaveCount(0);
  await createOnPage(page, uniqueName('redis'));
  await expectState(page, 'Healthy');
  const tab = (name: string) => page.getByRole('main').getByRole('link', { name, exact: true });
  await expect(tab('Replication')).toBeVisible();
  const instanceId = new URL(page.url()).pathname.split('/')[2] ?? '';

  const { command, password } = await readConnectionCard(page, 'redis-cli');
  const say = async (words: string, as: { user: string; password: string; port?: number } = { user: 'app', password }) => {
    const there = as.port === undefined ? command : command.replace(/-p \d+/, `-p ${as.port}`);
    const typed = `${there.replace("--user 'app'", `--user '${as.user}'`)} ${words}`;
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', typed], {
      env: { ...process.env, REDISCLI_AUTH: as.password },
    });
    return stdout.trim();
  };

  await expect(page.getByRole('list', { name: 'Persistence' })).toContainText('Last AOF rewrite');

  await test.step('redis-cli writes and reads over TLS', async () => {
    expect(await say("SET visit 'first row'")).toBe('OK');
    expect(await say('GET visit')).toBe('first row');
    expect(await say('CONFIG GET dir')).toContain('NOPERM');
  });

  await test.step('its log has no trace of how it was looked at', async () => {
    const { items } = await rest('listLogs', { path: { instanceId } });
    const { lines } = await rest('readLog', { path: { instanceId, name: items[0]?.name ?? '' }, query: { limit: 500 } });
    expect(lines.map(({ text }) => text).join('\n')).toMatch(/Ready to accept/);
    expect(lines.filter(({ text }) => text.includes('Error accepting'))).toEqual([]);
  });

  await test.step('a user made on the page may read and not write', async () => {
    await tab('Users').click();
    await page.getByRole('button', { name: 'Create user' }).first().click();
    const dialog = page.getByRole('dialog');
    const reader = { user: 'reader;x', password: 'correct horse battery staple' };
    await dialog.getByLabel('Name', { exact: true }).fill(reader.user);
    await dialog.getByLabel('Make a strong password').click();
    await dialog.getByLabel('Password', { exact: true }).fill(reader.password);
    await dialog.getByRole('checkbox', { name: 'Application' }).uncheck();
    await dialog.getByRole('checkbox', { name: 'Read-only' }).check();
    await dialog.getByLabel('Rules', { exact: true }).fill('visit +config|set');
    await dialog.getByRole('button', { name: 'Create user' }).click();
    await expect(dialog.getByLabel('Rules', { exact: true })).toHaveAccessibleDescription(/^The rule \+config\|set gives what belongs to/);
    await dialog.getByLabel('Rules', { exact: true }).fill('visit nopass');
    await dialog.getByRole('button', { name: 'Create user' }).click();
    await expect(dialog).toContainText('nopass is neither');
    await dialog.getByLabel('Rules', { exact: true }).fill('visit -ttl');
    await dialog.getByRole('button', { name: 'Create user' }).click();
    await expect(page.getByRole('row', { name: reader.user })).toContainText('read-only');
    expect(await say('TTL visit', reader)).toContain('NOPERM');
    expect(await say('GET other', reader)).toContain('NOPERM');
    expect(await say('GET visit', reader)).toBe('first row');
    expect(await say('SET visit changed', reader)).toContain('NOPERM');
  });

  await test.step('a connection that waits is seen and ended', async () => {
    const waiting = spawn('/bin/sh', ['-c', `exec ${command} BLPOP never 0`], {
      env: { ...process.env, REDISCLI_AUTH: password },
      stdio: 'ignore',
    }) as ChildProcess;
    const gone = once(waiting, 'exit');
    await tab('Connections').click();
    const row = page.getByRole('table', { name: 'Connections' }).getByRole('row', { name: 'Waiting' });
    await expect(row).toContainText('BLPOP');
    await row.getByRole('button', { name: /^Actions/ }).click();
    await page.getByRole('menuitem', { name: 'End connection' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End connection' }).click();
    await expect(row).toHaveCount(0);
    await gone;
  });

  await test.step('a replica on the map follows keys and users, is promoted, and the old source follows it until detached', async () => {
    const set = await replicateOnMap(page, rest, instanceId);
    const there = { user: 'app', password, port: set.replica.port ?? 0 };
    expect(await say('GET visit', there)).toBe('first row');
    expect(await say('SET visit refused', there)).toContain('READONLY');
    await promoteUnderMap(page, rest, set);
    expect(await say("SET promoted 'yes'", there)).toBe('OK');
    await expect.poll(() => say('GET promoted')).toBe('yes');
    await detach(rest, set.source);
    expect(await say('DEL promoted')).toBe('1');
    await page.goto(`/instances/${instanceId}`);
  });

  let atMs = 0;
  await test.step('what was backed up is there in the restored instance, with its users', async () => {
    const backup = uniqueName('saved');
    await tab('Backups').click();
    await operateOnPage(page, 'Create backup', /^Back up/, async (dialog) => {
      await expect(dialog.getByLabel('What to store')).toBeDisabled();
      await expect(dialog).toContainText('Every backup of Redis is a full one here.');
      await dialog.getByLabel('Name of the backup').fill(backup);
    });
    const row = page.getByRole('row').filter({ hasText: backup });
    await expect(row).toContainText('Completed');
    expect(await say("SET since 'second row'")).toBe('OK');
    atMs = await letSecondPass();
    expect(await say('DEL visit since')).toBe('2');
    await row.getByRole('link', { name: /^Restore/ }).click();
    await createOnPage(page, uniqueName('restored'));
    await expectState(page, 'Healthy');
    const restoredId = new URL(page.url()).pathname.split('/')[2] ?? '';
    const { port } = await rest('getInstance', { path: { instanceId: restoredId } });
    expect(await say('GET visit', { user: 'app', password, port: port ?? 0 })).toBe('first row');
  });

  await test.step('and so are deleted keys, in an instance made from the moment before', async () => {
    const past = await restoreByDragging(page, rest, instanceId, atMs);
    expect(await say('MGET visit since', { user: 'app', password, port: past.port ?? 0 })).toBe('first row\nsecond row');
  });
});
