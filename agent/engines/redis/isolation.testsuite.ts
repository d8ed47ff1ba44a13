import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createClient } from '@redis/client';
import { beforeAll, describe, expect, test } from 'vitest';
import { identifyProcess, isSameProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import { getMain, look, password, type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';
import { readTail } from '../../logs/text-files.ts';
import { testEndlessScript } from './endless-script.testsuite.ts';
import { testOwnRules } from './own-rules.testsuite.ts';
import { asAdmin } from './under-test.testsuite.ts';

const noPermission = /NOPERM|can't (run|access)|ACL failure/;

/** What tenants and strangers must never get, and what Redis has of its own. */
export function testIsolation(bench: TestBench): void {
  const as = (user: string) => ({ ...tenant, user });

  describe('redis: isolation', () => {
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
      const { accounts } = guest.engine;
      await accounts.createUser({ name: 'reader', password, grants: ['read-only'] }, context());
      await accounts.createUser({ name: 'cart', password, grants: ['application', '~cart:*'] }, context());
      await accounts.createUser({ name: 'nobody', password, grants: [] }, context());
      await accounts.createUser({ name: 'admin', password, grants: ['administrator'] }, context());
    });

    test('our own accounts and the default one are closed over the network, nothing is open without TLS', async () => {
      const connect = async (username: string, word: string, tls = true) => {
        const socket = { host: '127.0.0.1', port: guest.identity.port, reconnectStrategy: false as const, connectTimeout: 2000 };
        const client = createClient({
          username,
          password: word,
          disableClientInfo: true,
          RESP: 2,
          socket: tls ? { ...socket, tls: true, ca: guest.tls.caPem } : socket,
        });
        client.on('error', () => {});
        try {
          await client.connect();
          await client.sendCommand(['GET', 'x']);
          return 'in';
        } catch (error) {
          return error instanceof Error ? error.message : String(error);
        } finally {
          if (client.isOpen) client.destroy();
        }
      };
      expect(await connect('app', password)).toBe('in');
      expect(await connect('app', password, false)).not.toBe('in');
      for (const user of ['guestboard_admin', 'guestboard_probe', 'default'])
        for (const word of ['x', password]) expect(await connect(user, word), user).toMatch(/WRONGPASS/);
      for (const name of ['admin.secret', 'accounts.json', 'users.acl', 'server.key', 'redis.conf'])
        expect(statSync(path.join(guest.identity.folder, 'conf', name)).mode & 0o077, name).toBe(0);
    });

    test('presets are exact, and a pattern of keys holds in scripts, too', async () => {
      await bench.ask(guest, 'RPUSH list 1');
      expect(await bench.ask(guest, 'LRANGE list 0 -1', as('reader'))).toEqual([{ n: 1 }]);
      for (const text of ['RPUSH list 2', 'DEL list', "EVAL return(redis.call('DEL','list')) 0", 'FLUSHALL', 'PUBLISH a b'])
        await expect(bench.ask(guest, text, as('reader')), text).rejects.toThrow(noPermission);
      await bench.ask(guest, 'SET cart:1 a', as('cart'));
      for (const text of ['GET list', 'SET other 1', "EVAL return(redis.call('GET','list')) 0", 'RENAME cart:1 other'])
        await expect(bench.ask(guest, text, as('cart')), text).rejects.toThrow(noPermission);
      await expect(bench.ask(guest, 'GET list', as('nobody'))).rejects.toThrow(noPermission);
      await expect(bench.ask(guest, 'FLUSHDB')).rejects.toThrow(noPermission);
      await bench.ask(guest, 'SELECT 3', as('admin'));
      await guest.engine.accounts.setGrants({ name: 'reader', grants: ['application'] }, context());
      await bench.ask(guest, 'RPUSH list 2', as('reader'));
      // The server refuses a pattern after that of every key, and would not start again on one.
      await guest.engine.accounts.setGrants({ name: 'cart', grants: ['application', '~cart:*', '~*', '~b'] }, context());
      await guest.engine.lifecycle.stop({}, context());
      // As an earlier agent wrote it: the accounts are known, so that the file is made anew.
      await writeFile(path.join(guest.identity.folder, 'conf', 'users.acl'), 'user cart on nopass ~* ~x +@all\n');
      await guest.engine.lifecycle.start({}, context());
      expect(await bench.ask(guest, 'LRANGE list 0 -1', as('cart'))).toHaveLength(2);
      for (const grant of ['everything', '~a b', '(~a +get)', '~'])
        await expect(guest.engine.accounts.setGrants({ name: 'reader', grants: [grant] }, context()), grant).rejects.toMatchObject({
          code: 'invalid-input',
          field: 'grants',
        });
    });

    testOwnRules(bench, () => guest);

    test('databases are numbered: listed with their keys, neither made nor dropped', async () => {
      await bench.ask(guest, 'SET x 1', { ...tenant, database: '5' });
      const { databases } = await guest.engine.accounts.listDatabases({}, context());
      expect(databases.map(({ name, keys }) => [name, keys])).toEqual([
        ['0', 2],
        ['5', 1],
      ]);
      await expect(guest.engine.accounts.createDatabase({ name: '6' }, context())).rejects.toMatchObject({ code: 'not-implemented' });
    });

    test('connections from outside the allowed networks end within a look', async () => {
      await guest.initialise({ allowedCidrs: ['10.0.0.0/8'] });
      const stranger = await bench.subject.connect(guest, tenant);
      await until(
        async () => {
          await look(guest);
          return stranger.query('PING').then(
            () => 'in',
            () => 'out',
          );
        },
        (answer) => answer === 'out',
      );
      await guest.initialise({ allowedCidrs: ['127.0.0.0/8'] });
      const friend = await bench.subject.connect(guest, tenant);
      for (const _look of [1, 2, 3]) await look(guest);
      await friend.query('PING');
      await friend.close();
    });

    test('slow commands are copied into a log, ours are not', async () => {
      await guest.engine.configuration.apply({ parameters: { 'slowlog-log-slower-than': 0 } }, context());
      await bench.ask(guest, 'SET slowly done');
      const source = guest.engine.logSources().find(({ name }) => name === 'slow');
      const lines = await until(
        async () => {
          await look(guest);
          return (source?.files() ?? [])
            .flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean))
            .map((line) => source?.parse(line));
        },
        (parsed) => parsed.some((line) => line?.text.includes('SET slowly done')),
      );
      expect(lines.find((line) => line?.text.includes('SET slowly'))).toMatchObject({
        text: expect.stringMatching(/ ms · 127\.0\.0\.1:\d+ · /),
      });
      expect(lines.filter((line) => /INFO|SLOWLOG|SETUSER/.test(line?.text ?? ''))).toEqual([]);
    });
  });

  describe('redis: life', () => {
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
    });

    test('while its data is being loaded it is starting, and a start waits for it', async () => {
      const script = "for i=1,300000 do redis.call('SET','key:'..i,i) end";
      const client = await connectRaw(guest);
      await client.sendCommand(['EVAL', script, '0']);
      client.destroy();
      const main = getMain(guest);
      process.kill(main.pid, 'SIGKILL');
      await waitForEnd(main, 5000);
      const started = guest.engine.lifecycle.start({}, context());
      const states = new Set<string>();
      let over = false;
      void started.then(
        () => (over = true),
        () => (over = true),
      );
      while (!over) {
        states.add((await look(guest)).processState);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await started;
      expect(states).toContain('starting');
      expect(states).not.toContain('not-answering');
      expect((await look(guest)).metrics?.keys).toBe(300_000);
    });

    test('a pid file that names a stranger is never acted on, and is no hindrance; of a rewrite that was cut off nothing is left', async () => {
      const listHalf = () => readdirSync(path.join(guest.identity.folder, 'data')).filter((name) => name.startsWith('temp-'));
      await asAdmin(guest, 'CONFIG', 'SET', 'rdb-key-save-delay', '100');
      await asAdmin(guest, 'BGREWRITEAOF');
      await until(listHalf, ({ length }) => length > 0);
      const main = getMain(guest);
      process.kill(main.pid, 'SIGKILL');
      await waitForEnd(main, 5000);
      const data = path.join(guest.identity.folder, 'data');
      const config = path.join(guest.identity.folder, 'conf', 'redis.conf');
      const stranger = spawn('/bin/sh', ['-c', 'exec sleep 60', config], { cwd: data, argv0: 'redis-server', stdio: 'ignore' });
      await once(stranger, 'spawn');
      try {
        const identity = identifyProcess(stranger.pid ?? 0);
        await writeFile(path.join(guest.identity.folder, 'run', 'redis.pid'), `${stranger.pid}\n`);
        const next = guest.withNewAgent();
        expect(await next.engine.adopt()).toBeNull();
        await next.engine.lifecycle.stop({}, context());
        await next.engine.lifecycle.start({}, context());
        expect(identity !== null && isSameProcess(identity)).toBe(true);
        await bench.ask(guest, 'PING');
        expect(listHalf()).toEqual([]);
        await next.engine.close();
        await guest.engine.adopt();
      } finally {
        stranger.kill('SIGKILL');
      }
    });

    test('a script that floods the log and never ends fills no disk', async () => {
      const client = await connectRaw(guest);
      const flood = "for i=1,150 do redis.log(3,string.rep('x',1e6)) end redis.log(3,'flooded') while true do end";
      client.sendCommand(['EVAL', flood, '0']).catch(() => {});
      const logs = path.join(guest.identity.folder, 'logs');
      await until(
        async () => readTail(path.join(logs, 'redis.log'), 1000),
        (text) => text.includes('flooded'),
      );
      expect((await look(guest)).processState).not.toBe('stopped');
      expect(readdirSync(logs).reduce((sum, file) => sum + statSync(path.join(logs, file)).size, 0)).toBeLessThan(100e6);
      client.destroy();
      const main = getMain(guest);
      process.kill(main.pid, 'SIGKILL');
      await waitForEnd(main, 5000);
      await guest.engine.lifecycle.start({}, context());
    });

    testEndlessScript(() => guest, connectRaw);

    test('with its files gone it is not started empty', async () => {
      await guest.engine.lifecycle.stop({}, context());
      const folder = path.join(guest.identity.folder, 'data', 'appendonlydir');
      renameSync(folder, `${folder}.away`);
      await expect(guest.engine.lifecycle.start({}, context())).rejects.toMatchObject({ code: 'engine-unavailable' });
      expect(existsSync(folder)).toBe(false);
      renameSync(`${folder}.away`, folder);
      await guest.engine.lifecycle.start({}, context());
      expect((await bench.ask(guest, 'DBSIZE'))[0]).toEqual({ value: 300_000 });
    });
  });

  async function connectRaw(guest: TestGuest) {
    const client = createClient({
      username: tenant.user,
      password,
      disableClientInfo: true,
      RESP: 2,
      socket: { host: '127.0.0.1', port: guest.identity.port, tls: true, ca: guest.tls.caPem, reconnectStrategy: false },
    });
    client.on('error', () => {});
    return client.connect();
  }
}
