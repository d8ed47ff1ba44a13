import { expect, test } from 'vitest';
import { measureDiskUsage, measureFreeDisk, measureNameless } from '../../disk-usage.ts';
import { password, type TestBench, tenant } from '../../engine-bench.testsuite.ts';
import { context, until } from '../../guest.testsuite.ts';
import type { AgentState } from '../../state.ts';
import { startVolumeGuard } from '../../volume.ts';
import { withClient } from './connections.ts';
import { createPlace } from './place.ts';
import { pruneBinaryLogs } from './prune-binary-logs.ts';

const MiB = 1024 ** 2;

/** With the guard that measures it, which a statement may outrun. */
export function testFullVolume(bench: TestBench): void {
  test('deleting every row of a full volume does not fill it by its log: a large one is refused, small ones go on, and DROP makes room', async () => {
    const size = { memoryBytes: 512 * MiB, cpus: 1, volumeBytes: 256 * MiB };
    const guest = await bench.beginGuest({ size });
    const place = createPlace(guest.identity);
    await guest.engine.accounts.enableRoot({ password }, context());
    const measure = async () => {
      const [folders, pid] = [guest.engine.volumeFolders(), guest.engine.mainProcess()?.pid];
      return (await measureDiskUsage(folders)) + (pid === undefined ? 0 : measureNameless(pid, folders));
    };
    let state = { size, writesStopped: false } as AgentState;
    const change = async (changed: Partial<AgentState>) => {
      state = { ...state, ...changed };
    };
    const guard = startVolumeGuard({
      measure,
      freeBytes: () => measureFreeDisk(guest.identity.folder),
      state: { get: () => state, change },
      isUp: () => true,
      setWritable: (writable, isOverfull) => guest.engine.setWritable(writable, isOverfull),
      event: (event) => guest.events.push(event),
      changed: () => {},
      log: (sentence) => guest.log.push(sentence),
    });
    let most = 0;
    const watch = setInterval(async () => {
      most = Math.max(most, (await measure()) / size.volumeBytes);
    }, 50);
    try {
      await bench.ask(guest, 'CREATE TABLE big (n INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(2000))');
      const row = "(REPEAT('x', 1500))";
      await bench.ask(guest, `INSERT INTO big (text) VALUES ${Array(1000).fill(row).join(',')}`);
      const fill = () => bench.ask(guest, 'INSERT INTO big (text) SELECT text FROM big LIMIT 2000').then(() => false);
      while (!(await fill().catch(() => true)));
      await until(
        () => guard.volume().volumeState,
        (now) => now === 'read-only',
        20_000,
      );
      await until(
        async () => fill().catch((error: Error) => error.message),
        (said) => /denied/.test(String(said)),
        20_000,
      );
      await guard.measureNow();
      // From here on it measures when asked: in the middle of a DELETE that is refused it would see the volume overfull, and stop deletes.
      guard.close();
      const least = (await measure()) / size.volumeBytes;
      most = least;
      const said = await bench.ask(guest, 'DELETE FROM big').then(
        ([answer]) => `It deleted ${JSON.stringify(answer)}`,
        (error: Error) => error.message,
      );
      expect(said).toMatch(/max_binlog_cache_size/);
      expect(most).toBeLessThan(least + 0.08);
      await bench.ask(guest, 'DELETE FROM big LIMIT 100');
      await guest.engine.setWritable(false, true);
      await expect(bench.ask(guest, 'DELETE FROM big LIMIT 1', { ...tenant, user: 'root' })).rejects.toThrow(/denied/);
      expect(guest.events.filter(({ code }) => code === 'volume-deletes-stopped')).toHaveLength(1);
      expect((await guest.engine.accounts.listUsers({}, context())).users.map(({ grants }) => grants)).toEqual([['app'], ['app']]);
      await bench.ask(guest, 'DROP TABLE big');
      await until(
        async () => {
          // As the agent does beside it: on a busy host the tenant's log had outgrown the volume before the guard looked.
          await withClient(place, {}, (client) => pruneBinaryLogs(place, client, Date.now()));
          await guard.measureNow();
          return guard.volume().volumeState;
        },
        (now) => now !== 'read-only',
        20_000,
      );
      await bench.ask(guest, 'CREATE TABLE small (n INT)');
      await bench.ask(guest, 'INSERT INTO small VALUES (1), (2)');
      await bench.ask(guest, 'DELETE FROM small');
    } finally {
      clearInterval(watch);
      guard.close();
    }
  }, 180_000);
}
