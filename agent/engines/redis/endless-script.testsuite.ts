import { beforeAll, describe, expect, test } from 'vitest';
import { look } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';
import { asAdmin } from './under-test.testsuite.ts';

type RawClient = { sendCommand(words: string[]): Promise<unknown>; destroy(): void };

/** A script keeps the server from everything: seen, said, and got rid of. */
export function testEndlessScript(guest: () => TestGuest, connect: (guest: TestGuest) => Promise<RawClient>): void {
  const endless = "#!lua name=endless\nredis.register_function('forever', function() while true do end end)";

  describe('a script that does not end', () => {
    beforeAll(async () => {
      await guest().engine.configuration.apply({ parameters: { 'busy-reply-threshold': 200 } }, context());
      return () => guest().engine.configuration.apply({ parameters: {} }, context());
    });
    const begin = async (...words: string[]) => {
      await look(guest());
      const client = await connect(guest());
      const ended = client.sendCommand(words).then(
        () => 'done',
        (error: unknown) => String(error),
      );
      await until(
        () => look(guest()),
        ({ busyWith }) => busyWith?.includes('Cancel it among the connections') ?? false,
      );
      return { ended, close: () => client.destroy() };
    };
    const listed = async () => (await guest().engine.connections.list({}, context())).connections;

    test.each([
      ['EVAL', 'while true do end', '0'],
      ['FCALL', 'forever', '0'],
    ])('%s is shown, said, and ended when cancelled', async (...words) => {
      await asAdmin(guest(), 'FUNCTION', 'LOAD', 'REPLACE', endless);
      const script = await begin(...words);
      expect(await look(guest())).toMatchObject({ processState: 'not-answering', lastError: expect.stringContaining('BUSY') });
      const connections = await listed();
      expect(connections).toMatchObject([{ user: null, state: 'active', statement: expect.stringContaining(words[0] ?? '') }]);
      const id = connections[0]?.id ?? '';
      await guest().engine.lifecycle.start({}, context());
      await expect(guest().engine.connections.end({ id }, context())).rejects.toMatchObject({ code: 'conflict' });
      await expect(guest().engine.connections.cancel({ id: 'script-1' }, context())).rejects.toMatchObject({ code: 'not-found' });
      await expect(guest().engine.accounts.listDatabases({}, context())).rejects.toThrow('A script keeps Redis busy');
      const parameters = { 'busy-reply-threshold': 200, appendfsync: 'always' };
      await expect(guest().engine.configuration.apply({ parameters }, context())).rejects.toThrow('A script keeps Redis busy');
      await guest().engine.connections.cancel({ id }, context());
      expect(await script.ended).toContain('killed');
      await until(
        () => look(guest()),
        ({ processState }) => processState === 'running',
      );
      expect(guest().events.slice(-2)).toMatchObject([{ code: 'script-busy' }, { code: 'script-ended' }]);
      await expect(guest().engine.connections.cancel({ id }, context())).rejects.toMatchObject({ code: 'not-found' });
      script.close();
    });

    test('one that has written is not ended, and why is said; a stop ends the others within seconds', async () => {
      const writes = await begin(
        'EVAL',
        "redis.call('SET','key:1',1) local t=redis.call('TIME')[1]+3 while redis.call('TIME')[1]+0<t do end",
        '0',
      );
      const [{ id } = { id: '' }] = await listed();
      await expect(guest().engine.connections.cancel({ id }, context())).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining('restart the instance'),
      });
      expect(await writes.ended).toBe('done');
      writes.close();
      await begin('EVAL', 'while true do end', '0');
      const beganMs = performance.now();
      await guest().engine.lifecycle.stop({}, context());
      expect(performance.now() - beganMs).toBeLessThan(20_000);
      await guest().engine.lifecycle.start({}, context());
    });
  });
}
