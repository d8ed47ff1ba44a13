import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest } from '../../guest.testsuite.ts';
import { exceptions } from './guarded-commands.ts';
import { unsaid } from './rules.ts';
import { asAdmin } from './under-test.testsuite.ts';

const noPermission = /NOPERM|can't (run|access)|ACL failure/;

/** What the user cart may by rules of its own, tried as that user. */
export function testOwnRules(bench: TestBench, guest: () => TestGuest): void {
  const as = (user: string) => ({ ...tenant, user });

  test('rules of one’s own hold in their order, none leads to what is the server’s, and a bad one changes nothing', async () => {
    const grant = (...grants: string[]) => guest().engine.accounts.setGrants({ name: 'cart', grants }, context());
    const may = (text: string) =>
      bench.ask(guest(), text, as('cart')).then(
        () => true,
        (error: unknown) => {
          if (!noPermission.test(String(error))) throw error;
          return false;
        },
      );
    const among = async (texts: readonly string[]) => {
      const allowed: string[] = [];
      for (const text of texts) if (await may(text)) allowed.push(text);
      return allowed;
    };
    const data = ['GET cart:1', 'SET cart:1 b', 'GET log:1', 'SET log:1 b', 'GET other', 'INCR cart:n', 'DEL cart:n', 'INFO server'];
    await grant('application', '~cart:*', '%R~log:*', '-@write', '+incr', '&news:*', '-info');
    expect(await among(data)).toEqual(['GET cart:1', 'GET log:1', 'INCR cart:n']);
    expect(await among(['PUBLISH news:a x', 'PUBLISH sport x'])).toEqual(['PUBLISH news:a x']);
    await grant('%W~log:*', '+set', '+get', '-get');
    expect(await among(data)).toEqual(['SET log:1 b']);
    // Full, it is nobody's, and what was not given before is not given either.
    await guest().engine.setWritable(false);
    expect(await among(data)).toEqual([]);
    await guest().engine.setWritable(true);
    const wide = ['application', '-@all', '+@slow', '+@keyspace', '+script', '+client', '+flushdb', '+memory', '+@all'];
    await grant(...wide);
    expect(await among(data)).toEqual(data);
    // Asked by its user, it is refused by the server's configuration before rights are looked at.
    expect(await asAdmin(guest(), 'ACL', 'DRYRUN', 'cart', 'DEBUG', 'SLEEP', '0')).toMatch(/no permissions/);
    for (const text of bench.subject.forbidden) await expect(bench.ask(guest(), text, as('cart')), text).rejects.toThrow();
    for (const text of ['CONFIG GET dir', 'ACL LIST', 'SHUTDOWN NOSAVE', 'CLIENT LIST', 'FLUSHALL', 'SCRIPT DEBUG YES', 'MEMORY PURGE'])
      expect(await may(text), text).toBe(false);
    await guest().engine.setWritable(false);
    expect(await among(['GET cart:1', 'SET cart:1 c', 'INCR cart:n', 'DEL cart:n'])).toEqual(['GET cart:1', 'DEL cart:n']);
    for (const rule of [
      '+config|set',
      '+@dangerous',
      '+client|kill',
      '+latency',
      '+save',
      '+psync',
      '+slowlog|reset',
      '+nonsense',
      '-nonsense',
      '+@nonsense',
      '+select|0',
      '%X~a',
    ])
      await expect(grant('application', rule), rule).rejects.toMatchObject({
        code: 'invalid-input',
        field: 'grants',
        message: expect.stringContaining(rule),
      });
    await guest().engine.setWritable(true);
    expect(await among(data)).toEqual(data);
    await guest().engine.lifecycle.stop({}, context());
    await guest().engine.lifecycle.start({}, context());
    expect(await among(data)).toEqual(data);
    await bench.ask(guest(), 'FLUSHDB', as('cart'));
    await bench.ask(guest(), 'RPUSH list 1 2');
    await bench.ask(guest(), 'SET x 1');
  });

  test('who comes through the server’s own socket is no connection of a tenant, though it has not logged in yet', async () => {
    const socket = connect(path.join(guest().identity.folder, 'run', 's'));
    await once(socket, 'connect');
    await vi.waitFor(async () => expect(await asAdmin(guest(), 'CLIENT', 'LIST')).toMatch(/user=default/), 10_000);
    expect((await guest().engine.connections.list({}, context())).connections).toEqual([]);
    socket.destroy();
  });

  test('what the rules take for granted of this server’s commands is so', async () => {
    type Command = [name: string, arity: number, flags: string[], first: number, last: number, step: number, kinds: string[]];
    const told = (await asAdmin(guest(), 'COMMAND')) as Command[];
    const writes = told.filter(
      ([, , flags, , , , kinds]) => flags.some((flag) => /^(write|denyoom)$/.test(flag)) && !kinds.includes('@write'),
    );
    for (const [name] of writes) expect(unsaid).toContain(`+${name.toLowerCase()}`);
    for (const [name, kinds] of Object.entries(exceptions)) {
      const [command] = (await asAdmin(guest(), 'COMMAND', 'INFO', name)) as Command[];
      expect(command?.[6].toSorted(), name).toEqual([...kinds, 'dangerous'].map((kind) => `@${kind}`).toSorted());
    }
  });
}
