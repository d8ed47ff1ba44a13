import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DatastoreName } from '#contract/datastores/index.ts';
import { compareVersions, refuseUpgrade } from '#contract/upgrades.ts';
import { look, password, type TestBench, tenant } from './engine-bench.testsuite.ts';
import { context, until } from './guest.testsuite.ts';

type Target = { version: string; binFolder: string };

/** Where another version takes the files as they are. To its own version, too, which every host has. */
export function testUpgrade(bench: TestBench, targets: readonly Target[]): void {
  describe.each(targets)('taken to $version', (target) => {
    test('users, passwords and rows are there, and what the old version left lies beside it until that is settled', async () => {
      const { says } = bench.subject;
      const guest = await bench.beginGuest();
      await guest.engine.accounts.enableRoot({ password }, context());
      await bench.ask(guest, says.make('kept'));
      for (const n of [1, 2, 3]) await bench.ask(guest, says.add('kept', n));
      const { users } = await guest.engine.accounts.listUsers({}, context());
      const data = path.join(guest.identity.folder, 'data');
      expect(await guest.engine.upgrade.examine(target, context())).toMatchObject({ missingPrograms: [] });
      const cancel = new AbortController();
      setTimeout(() => cancel.abort(new Error('cancelled')), 150);
      // Over by then on a fast host.
      await guest.engine.upgrade.build({ purpose: 'none', ...target }, context(cancel.signal)).catch((error: Error) => {
        expect(error.message).toBe('cancelled');
      });
      await guest.engine.backup.settle({ purpose: 'none', keep: 'old' }, context());
      expect([`${data}.fetched`, `${data}.aside`].filter(existsSync)).toEqual([]);
      await guest.engine.upgrade.build({ purpose: 'one', ...target }, context(AbortSignal.timeout(60_000)));
      await guest.engine.upgrade.build({ purpose: 'one', ...target }, context());
      expect((await look(guest)).processState).toBe('stopped');
      await guest.engine.backup.exchange({ purpose: 'one' }, context());
      Object.assign(guest.identity, target);
      const next = guest.withNewAgent();
      await next.engine.lifecycle.start({}, context());
      const { version } = await until(
        () => look(next),
        (seen) => seen.version !== null && seen.acceptsLogins && seen.acceptsWrites,
      );
      expect(compareVersions(version ?? '', target.version)).toBeGreaterThanOrEqual(0);
      expect(await bench.count(next, 'kept')).toBe(3);
      await bench.ask(next, says.add('kept', 4), { ...tenant, user: 'root' });
      expect((await next.engine.accounts.listUsers({}, context())).users).toEqual(users);
      await next.engine.accounts.createUser({ name: 'later', password, grants: bench.subject.grants('app') }, context());
      await bench.ask(next, says.add('kept', 5), { ...tenant, user: 'later' });
      expect(existsSync(`${data}.aside`)).toBe(true);
      await next.engine.backup.settle({ purpose: 'one', keep: 'new' }, context());
      expect(existsSync(`${data}.aside`)).toBe(false);
      await next.engine.lifecycle.stop({}, context());
      await next.engine.lifecycle.start({}, context());
      expect(await bench.count(next, 'kept')).toBe(5);
      await next.engine.close();
    }, 90_000);
  });
}

/** The own version, or one that it may be taken to. */
export function isUpgrade(datastore: DatastoreName, from: string, to: string): boolean {
  return (
    from === to ||
    refuseUpgrade({ datastore, version: from, guest: { version: from } as never }, [{ datastore, version: to, full: to }], to) === null
  );
}
