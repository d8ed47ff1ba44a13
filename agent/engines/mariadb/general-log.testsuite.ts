import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';
import { withClient } from './connections.ts';
import { rotateLogs } from './logs.ts';
import { hashPassword } from './password-hash.ts';
import { createPlace } from './place.ts';

/** The log of every statement: off, unless somebody asks for it; ours is never in it. */
export function testGeneralLog(bench: TestBench): void {
  describe('general log', () => {
    const secret = 'Never-in-any-log-77';
    const listFiles = (guest: TestGuest) =>
      guest.engine
        .logSources()
        .find(({ name }) => name === 'general')
        ?.files() ?? [];
    const isOff = async (guest: TestGuest) =>
      guest.engine
        .logSources()
        .find(({ name }) => name === 'general')
        ?.offBy?.();
    const read = (guest: TestGuest) =>
      listFiles(guest)
        .map((file) => readFileSync(file, 'utf8'))
        .join('');

    test('it is off; on it holds what tenants say and nothing of ours; rotated it goes on; off again it ends', async () => {
      const guest = await bench.beginGuest();
      await bench.ask(guest, "SELECT 'before it was on'");
      expect([read(guest), await isOff(guest)]).toEqual(['', 'general_log']);

      expect(await guest.engine.configuration.apply({ parameters: { general_log: true } }, context())).toEqual({ restartRequired: false });
      expect(await isOff(guest)).toBeNull();
      await bench.ask(guest, "SELECT 'while it is on'");
      await guest.engine.accounts.createUser({ name: 'quiet', password: secret, grants: ['app'] }, context());
      await guest.engine.accounts.setPassword({ name: 'quiet', password: `${secret}-2` }, context());
      await guest.engine.accounts.enableRoot({ password: secret }, context());
      await bench.ask(guest, 'SELECT 1', { ...tenant, user: 'quiet', password: `${secret}-2` });
      const text = await until(
        () => read(guest),
        (lines) => lines.includes('while it is on') && lines.includes('quiet@'),
      );
      for (const hidden of [secret, hashPassword(secret), hashPassword(`${secret}-2`), 'CREATE USER', 'GRANT ', 'before it was on'])
        expect(text, hidden).not.toContain(hidden);
      for (const login of [tenant, { ...tenant, user: 'root', password: secret }])
        for (const statement of ['SET GLOBAL general_log = OFF', "SET GLOBAL general_log_file = '/tmp/x'", 'SET SESSION sql_log_off = ON'])
          await expect(bench.ask(guest, statement, login), statement).rejects.toThrow(/denied/);

      const place = createPlace(guest.identity);
      await withClient(place, {}, (client) => rotateLogs(place, (statement) => client.query(statement), 1));
      await bench.ask(guest, "SELECT 'after the turn'");
      await until(
        () => read(guest),
        (lines) => lines.includes('after the turn'),
      );
      expect(listFiles(guest).map((file) => path.basename(file))).toEqual([expect.stringMatching(/^general-\w+\.log$/), 'general.log']);

      await guest.engine.configuration.apply({ parameters: {} }, context());
      await bench.ask(guest, "SELECT 'once it was off'");
      await guest.engine.lifecycle.stop({}, context());
      await guest.engine.lifecycle.start({}, context());
      await bench.ask(guest, "SELECT 'once it was off'");
      expect(read(guest)).not.toContain('once it was off');
    });
  });
}
