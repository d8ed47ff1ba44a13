import { beforeAll, describe, expect, test } from 'vitest';
import { password, type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest } from '../../guest.testsuite.ts';

/** Extensions as a tenant gets them through the agent, and the ones no tenant gets by any road. */
export function testExtensions(bench: TestBench): void {
  describe('extensions', () => {
    const hostile = bench.subject.names.taken[0] ?? '';
    const root = { ...tenant, user: 'root' };
    let guest: TestGuest;
    beforeAll(async () => {
      guest = await bench.beginGuest();
      await guest.engine.accounts.enableRoot({ password }, context());
      await guest.engine.accounts.createDatabase({ name: hostile }, context());
    });
    const on = (name: string, database = 'app') => ({ database, name });
    const create = (name: string, database?: string) => guest.engine.extensions.create(on(name, database), context());
    const drop = (name: string, cascade = false) => guest.engine.extensions.drop({ ...on(name), cascade }, context());
    const find = async (name: string, database = 'app') =>
      (await guest.engine.extensions.list({ database }, context())).extensions.find((extension) => extension.name === name);

    test('one is created with what it needs, used by the tenant, and is only in its own database', async () => {
      expect(await find('hstore')).toMatchObject({ installedVersion: null, refusal: null, builtIn: false });
      await create('hstore');
      await create('hstore');
      expect(await find('hstore')).toMatchObject({ installedVersion: expect.stringMatching(/^\d/), schema: 'public' });
      expect(await bench.ask(guest, "SELECT ('a=>1'::hstore)->'a' AS value")).toEqual([{ value: '1' }]);
      expect(await find('hstore', hostile)).toMatchObject({ installedVersion: null });
      await create('hstore', hostile);
      expect(await find('hstore', hostile)).toMatchObject({ schema: 'public' });
    });

    test('what the engine trusts belongs to the tenant, who may drop it and create it in SQL; what is only vetted does not', async () => {
      await bench.ask(guest, 'DROP EXTENSION hstore');
      await bench.ask(guest, 'CREATE EXTENSION hstore');
      await create('pgstattuple');
      await create('moddatetime');
      await expect(bench.ask(guest, 'DROP EXTENSION pgstattuple')).rejects.toThrow(/must be owner/);
      await expect(bench.ask(guest, 'CREATE EXTENSION sslinfo', root)).rejects.toThrow(/permission denied/);
      for (const name of ['hstore', 'pgstattuple', 'moddatetime', 'moddatetime']) await drop(name);
      expect(await find('pgstattuple')).toMatchObject({ installedVersion: null });
    });

    test('what depends on it stops a drop, by name, until that is to go, too', async () => {
      await create('hstore');
      await bench.ask(guest, 'CREATE TABLE tagged (n int, tags hstore)');
      await expect(drop('hstore')).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('column tags of table') });
      await bench.ask(guest, "INSERT INTO tagged VALUES (1, 'a=>1')");
      await drop('hstore', true);
      expect(await bench.ask(guest, 'SELECT * FROM tagged')).toEqual([{ n: 1 }]);
    });

    test('what reaches host or network is refused with a reason, by this road and by SQL, to users and root', async () => {
      const { extensions } = await guest.engine.extensions.list({ database: 'app' }, context());
      for (const name of ['file_fdw', 'dblink', 'postgres_fdw', 'pg_surgery', 'pageinspect']) {
        expect(extensions.find((extension) => extension.name === name)?.refusal, name).toMatch(/^It /);
        await expect(create(name), name).rejects.toMatchObject({ code: 'refused', field: 'name' });
        for (const login of [tenant, root])
          await expect(bench.ask(guest, `CREATE EXTENSION ${name}`, login), name).rejects.toThrow(/permission denied/);
      }
      for (const { name, refusal } of extensions) if (/u$|_fdw$/.test(name)) expect(refusal, name).not.toBeNull();
      await expect(create('missing')).rejects.toMatchObject({ code: 'not-found' });
      await expect(create('x"; DROP DATABASE app; --')).rejects.toMatchObject({ code: 'not-found' });
      await expect(drop('plpgsql', true)).rejects.toMatchObject({ code: 'refused' });
      await expect(create('hstore', 'postgres')).rejects.toMatchObject({ code: 'not-found' });
      expect((await bench.ask(guest, 'SELECT extname FROM pg_extension')).map(({ extname }) => extname)).toEqual(['plpgsql']);
    });

    test('nothing a tenant prepared in its database runs with our rights', async () => {
      for (const text of [
        "CREATE FUNCTION public.escape() RETURNS text LANGUAGE plpgsql AS $$ BEGIN ALTER ROLE app SUPERUSER; RETURN 'hstore'; END $$",
        'CREATE VIEW public.pg_available_extensions AS SELECT public.escape() AS name, 1 AS default_version, 1 AS comment',
        'CREATE VIEW public.pg_extension AS SELECT public.escape() AS extname',
        'SET ROLE guestboard_admin',
        'ALTER DATABASE app SET search_path = public, pg_catalog',
        "ALTER DATABASE app SET role = 'app'",
        'ALTER DATABASE app SET default_transaction_read_only = on',
        "ALTER DATABASE app SET idle_in_transaction_session_timeout = '1ms'",
        "ALTER DATABASE app SET default_transaction_isolation = 'serializable'",
        "ALTER DATABASE app SET transaction_timeout = '1ms'",
      ])
        await bench.ask(guest, text).catch(() => {});
      await create('citext');
      expect(await find('citext')).toMatchObject({ installedVersion: expect.anything() });
      await guest.engine.accounts.createUser({ name: 'reader', password, grants: [{ database: 'app', level: 'read-only' }] }, context());
      expect(await bench.ask(guest, "SELECT rolname FROM pg_catalog.pg_roles WHERE rolsuper AND rolname <> 'guestboard_admin'")).toEqual(
        [],
      );
      expect(await bench.ask(guest, 'SELECT n FROM public.tagged', { ...tenant, user: 'reader' })).toEqual([{ n: 1 }]);
      await drop('citext');
      await guest.engine.setWritable(false);
      await guest.engine.setWritable(true);
    });

    test('a full volume takes no new ones and lets old ones go', async () => {
      await create('hstore', hostile);
      await guest.engine.setWritable(false);
      for (const name of ['citext', 'pgstattuple']) await expect(create(name, hostile)).rejects.toMatchObject({ code: 'volume-full' });
      await guest.engine.extensions.drop({ ...on('hstore', hostile), cascade: false }, context());
      await guest.engine.setWritable(true);
      await create('citext', hostile);
    });
  });
}
