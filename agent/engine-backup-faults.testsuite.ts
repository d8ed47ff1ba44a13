import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import type { CommandContext, CommandInput } from '#contract/guest/commands.ts';
import { signalProcess, waitForEnd } from '#drivers/process/pid-identity.ts';
import { run } from '#drivers/process/run.ts';
import { createLocalDirectory } from '#drivers/storage/local-directory.ts';
import { getMain, type TestBench } from './engine-bench.testsuite.ts';
import { context, type TestGuest } from './guest.testsuite.ts';

type Subject = {
  guest(): TestGuest;
  /** A whole full backup of it. */
  stored: CommandInput<'lifecycle.initialise'>['data'];
  makeBackup(guest: TestGuest, backupId: string, told?: CommandContext): Promise<unknown>;
};

/** What may go wrong around a backup and a restore, as every engine must bear it. Inside the suite of backups, on its guest. */
export function testBackupFaults(bench: TestBench, { guest: getGuest, stored, makeBackup }: Subject): void {
  const { says } = bench.subject;
  const goesOn = async () => expect((await bench.ask(getGuest(), says.list('late'))).length).toBeGreaterThan(0);
  /** A context that does something when the first bytes have gone through, and cuts nothing off by itself. */
  const onceBegun = (harm: () => void) => {
    let begun = false;
    return {
      ...context(),
      progress: () => {
        if (begun) return;
        begun = true;
        harm();
      },
    };
  };

  test('the storage goes away during a backup: it fails, the database goes on, and the same backup can be made when it is back', async () => {
    const guest = getGuest();
    const { backupFolder } = guest.identity;
    const id = 'a1000000-5b8e-4b5c-8a39-54a0c5b2d001';
    let moved: Promise<void> = Promise.resolve();
    const told = onceBegun(() => {
      moved = rename(backupFolder, `${backupFolder}.away`);
    });
    await guest.engine.backup.limit({ bytesPerSecond: 60_000_000 }, context());
    try {
      await expect(makeBackup(guest, id, told)).rejects.toMatchObject({ code: 'storage-away' });
    } finally {
      await guest.engine.backup.limit({ bytesPerSecond: null }, context());
      await moved;
      expect(existsSync(backupFolder)).toBe(false);
      await rename(`${backupFolder}.away`, backupFolder);
    }
    await goesOn();
    const storage = createLocalDirectory(backupFolder);
    expect((await storage.list(`${id}/`)).filter(({ key }) => key.endsWith('manifest.json'))).toEqual([]);
    await makeBackup(guest, id);
    expect(readdirSync(path.join(backupFolder, id)).filter((name) => name.endsWith('.partial') || name === 'begun.json')).toEqual([]);
  });

  test('the engine is killed during a backup: nothing half-made is left, and it can be made when the engine is back', async () => {
    const guest = getGuest();
    const id = 'a2000000-5b8e-4b5c-8a39-54a0c5b2d002';
    const main = getMain(guest);
    await guest.engine.backup.limit({ bytesPerSecond: 5_000_000 }, context());
    try {
      await expect(
        makeBackup(
          guest,
          id,
          onceBegun(() => signalProcess(main, 'SIGKILL')),
        ),
      ).rejects.toMatchObject({ message: expect.not.stringMatching(/^\S+ ended with/) });
    } finally {
      await guest.engine.backup.limit({ bytesPerSecond: null }, context());
    }
    expect(await createLocalDirectory(guest.identity.backupFolder).list(`${id}/`)).toEqual([]);
    await waitForEnd(main, 5000);
    await guest.engine.lifecycle.start({}, context());
    await goesOn();
    await makeBackup(guest, id);
  });

  test('the storage goes away during a restore: never said to be damage, and no data folder is left by a failure', async () => {
    const { backupFolder } = getGuest().identity;
    const copy = await bench.createGuest();
    let moved: Promise<void> = Promise.resolve();
    const told = onceBegun(() => {
      moved = rename(backupFolder, `${backupFolder}.away`);
    });
    const { tls } = copy;
    const size = { memoryBytes: 512 * 1024 ** 2, cpus: 1, volumeBytes: 1024 ** 3 };
    const failure = await copy.engine.lifecycle.initialise({ size, tls, allowedCidrs: [], parameters: {}, data: stored }, told).then(
      () => null,
      (error: unknown) => error,
    );
    await moved;
    await rename(`${backupFolder}.away`, backupFolder);
    // A part that is open already is read to its end.
    if (failure === null) return;
    expect(failure).toMatchObject({ code: 'storage-away' });
    expect(readdirSync(copy.identity.folder).filter((name) => name.startsWith('data'))).toEqual([]);
  });

  /** To whoever writes, a file that may not grow is a disk that is full. */
  const withFullDisk = async (work: () => Promise<unknown>) => {
    const limit = (bytes: string) => run('/usr/bin/prlimit', ['--pid', String(process.pid), `--fsize=${bytes}`], { deadlineMs: 5000 });
    expect((await limit('500000:unlimited')).code).toBe(0);
    try {
      await work();
    } finally {
      await limit('unlimited:unlimited');
    }
  };

  test('the storage is full during a backup: it fails and leaves nothing, the database goes on', async () => {
    const guest = getGuest();
    const id = 'a3000000-5b8e-4b5c-8a39-54a0c5b2d003';
    await withFullDisk(() => expect(makeBackup(guest, id)).rejects.toMatchObject({ code: 'storage-error' }));
    expect(existsSync(path.join(guest.identity.backupFolder, id))).toBe(false);
    await goesOn();
  });

  /** Files below the folder that this process, which is the agent here, has open. */
  const listOpenBelow = (folder: string) =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        const file = readlinkSync(`/proc/self/fd/${fd}`);
        return file.startsWith(folder + path.sep) ? [file] : [];
      } catch {
        return [];
      }
    });

  test('the disk fills up during a restore: said as such, and neither a data folder nor an open part is left', async () => {
    const copy = await bench.createGuest();
    const { backupFolder } = getGuest().identity;
    await withFullDisk(() => expect(copy.initialise({ data: stored })).rejects.toMatchObject({ code: 'volume-full' }));
    expect(readdirSync(copy.identity.folder).filter((name) => name.startsWith('data'))).toEqual([]);
    await vi.waitFor(() => expect(listOpenBelow(backupFolder)).toEqual([]), { timeout: 5000 });
    await goesOn();
  });
}
