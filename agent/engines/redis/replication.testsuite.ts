import { mkdirSync, renameSync, rmSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { waitForEnd } from '#drivers/process/pid-identity.ts';
import { getMain, look, type TestBench } from '../../engine-bench.testsuite.ts';
import { context, type TestGuest, until } from '../../guest.testsuite.ts';
import { admit, toSource } from '../../replicated-guest.testsuite.ts';
import { asAdmin } from './under-test.testsuite.ts';

/** A source of Redis that came back empty would empty its replicas, the only copies left. */
export function testReplication(bench: TestBench): void {
  describe('redis: replication and lost files', () => {
    let source: TestGuest;
    let replica: TestGuest;
    const stat = async (guest: TestGuest, name: string) =>
      Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(String(await asAdmin(guest, 'INFO')))?.[1]);
    const rows = async (guest: TestGuest, wanted: number) =>
      until(
        () => bench.count(guest, 'lines'),
        (found) => found === wanted,
      );

    beforeAll(async () => {
      source = await bench.beginGuest();
      replica = await bench.createGuest();
      await bench.ask(source, 'RPUSH lines 1 2 3');
      await admit(source, 'one');
      await replica.begin({ data: { kind: 'replica', source: toSource(source, 'one') } });
    });

    test('after a short break only what was missed is sent', async () => {
      const whole = await stat(source, 'sync_full');
      const parts = await stat(source, 'sync_partial_ok');
      await asAdmin(source, 'CLIENT', 'KILL', 'TYPE', 'replica');
      await bench.ask(source, 'RPUSH lines 4');
      await rows(replica, 4);
      expect(await stat(source, 'sync_partial_ok')).toBe(parts + 1);
      expect(await stat(source, 'sync_full')).toBe(whole);
    });

    test.each([
      ['gone', (folder: string) => renameSync(folder, `${folder}.away`)],
      [
        'lost out of their folder',
        (folder: string) => {
          renameSync(folder, `${folder}.away`);
          mkdirSync(folder);
        },
      ],
    ])('with its files %s and its replica alive it is not started; the sentence says why and what to do', async (_how, lose) => {
      const main = getMain(source);
      process.kill(main.pid, 'SIGKILL');
      await waitForEnd(main, 5000);
      const folder = path.join(source.identity.folder, 'data', 'appendonlydir');
      lose(folder);
      await expect(source.engine.lifecycle.start({}, context())).rejects.toMatchObject({
        code: 'engine-unavailable',
        message: expect.stringMatching(/not started empty: its replica would be emptied, too\. Detach a replica/),
      });
      await expect(source.withNewAgent().engine.lifecycle.start({}, context())).rejects.toMatchObject({ code: 'engine-unavailable' });
      expect((await look(source)).processState).toBe('stopped');
      expect(await bench.count(replica, 'lines')).toBe(4);
      rmSync(folder, { recursive: true, force: true });
      renameSync(`${folder}.away`, folder);
      await source.engine.lifecycle.start({}, context());
      expect(await bench.count(source, 'lines')).toBe(4);
    });

    test('nor with the file it begins with cut to nothing; its replica, detached, takes writes with every row', async () => {
      await source.engine.lifecycle.stop({}, context());
      const file = path.join(source.identity.folder, 'data', 'appendonlydir', 'appendonly.aof.1.base.rdb');
      truncateSync(file);
      await expect(source.engine.lifecycle.start({}, context())).rejects.toMatchObject({ code: 'engine-unavailable', detail: file });
      await replica.engine.replication.promote({ reach: null }, context());
      await bench.ask(replica, 'RPUSH lines 5');
      expect(await bench.count(replica, 'lines')).toBe(5);
    });
  });
}
