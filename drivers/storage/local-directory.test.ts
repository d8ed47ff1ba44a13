import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createLocalDirectory } from './local-directory.ts';
import { testStorage } from './storage.testsuite.ts';

describe('local directory', () => {
  testStorage(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-storage-'));
    return {
      storage: createLocalDirectory(folder),
      listLeftovers: async () =>
        (await readdir(folder, { recursive: true })).filter((name) => name.includes('.partial') || /^(broken|cancelled)/.test(name)),
      close: () => rm(folder, { recursive: true, force: true }),
    };
  });

  test('a file that a killed put left is cleared once nobody has written to it for long', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-storage-'));
    try {
      const storage = createLocalDirectory(folder);
      await storage.put('a/b/part', Readable.from([Buffer.from('x')]));
      for (const name of ['a/c', 'd/e']) await mkdir(path.join(folder, name), { recursive: true });
      for (const name of ['a/b/other', 'a/c/only', 'd/e/only']) await writeFile(path.join(folder, `${name}.4a5b.partial`), 'half');
      expect(await storage.clearInterrupted('a/', Date.now() - 60_000)).toBe(0);
      expect(await storage.clearInterrupted('a/', Date.now() + 60_000)).toBe(2);
      expect(await storage.clearInterrupted('d/e/', Date.now() + 60_000)).toBe(1);
      expect(await readdir(folder, { recursive: true }), 'nor does an empty folder stay').toEqual(['a', 'a/b', 'a/b/part']);
      expect(await storage.clearInterrupted('nowhere/', Date.now())).toBe(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test.runIf(process.geteuid?.() === 0)('what may not be deleted is not said to be gone', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-storage-'));
    const storage = createLocalDirectory(folder);
    await storage.put('backup/part', Readable.from([Buffer.from('x')]));
    await writeFile(path.join(folder, 'backup/other.4a5b.partial'), 'half');
    // Everybody may write there, and delete nobody else's.
    for (const name of ['', 'backup']) await chmod(path.join(folder, name), 0o1777);
    const nobody = 65_534;
    process.seteuid?.(nobody);
    try {
      const denied = { code: 'storage-away', message: expect.stringContaining('closed to who asked') };
      const detail = "EPERM: operation not permitted, unlink 'part'";
      await expect(storage.delete('backup/part')).rejects.toMatchObject({ ...denied, detail });
      await expect(storage.deleteFolder('backup/')).rejects.toMatchObject(denied);
      await expect(storage.clearInterrupted('backup/', Date.now() + 60_000)).rejects.toMatchObject(denied);
    } finally {
      process.seteuid?.(0);
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('of what lies in a folder that is away nothing is said to be gone, or never to have been', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-storage-'));
    try {
      await mkdir(path.join(folder, 'mounted'));
      const storage = createLocalDirectory(path.join(folder, 'mounted'));
      await storage.put('backup/part', Readable.from([Buffer.from('x')]));
      await rename(path.join(folder, 'mounted'), path.join(folder, 'elsewhere'));
      const away = { code: 'storage-away', message: expect.stringContaining('is away') };
      await expect(storage.get('backup/part')).rejects.toMatchObject(away);
      await expect(storage.delete('backup/part')).rejects.toMatchObject(away);
      await expect(storage.deleteFolder('backup/')).rejects.toMatchObject(away);
      await expect(storage.put('backup/other', Readable.from([Buffer.from('x')]))).rejects.toMatchObject(away);
      expect(await readdir(folder), 'nor is one made in its place').toEqual(['elsewhere']);
      await rename(path.join(folder, 'elsewhere'), path.join(folder, 'mounted'));
      expect(await storage.list('')).toMatchObject([{ key: 'backup/part' }]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('what could not be read to be stored is no fault of the folder', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-storage-'));
    try {
      const gone = createReadStream(path.join(tmpdir(), 'guestboard-not-there'));
      await expect(createLocalDirectory(folder).put('backup/part', gone)).rejects.toMatchObject({ code: 'storage-error' });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('a link or a pipe that somebody laid below it leads nowhere: nothing outside is read, deleted or waited for', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-storage-'));
    try {
      const [own, other] = ['own', 'other'].map((name) => createLocalDirectory(path.join(folder, name)));
      for (const name of ['own', 'other']) await mkdir(path.join(folder, name));
      for (const key of ['backup/manifest.json', 'archive/span/piece']) await other?.put(key, Readable.from([Buffer.from('x')]));
      await writeFile(path.join(folder, 'other/backup/part.4a5b.partial'), 'half');
      await own?.put('mine/part', Readable.from([Buffer.from('x')]));
      await symlink('../other/backup', path.join(folder, 'own/backup'));
      await symlink('../other/archive', path.join(folder, 'own/archive'));
      await symlink('../../other/backup/manifest.json', path.join(folder, 'own/mine/manifest.json'));
      await promisify(execFile)('mkfifo', [path.join(folder, 'own/mine/pipe')]);
      await expect(own?.get('backup/manifest.json')).rejects.toMatchObject({ code: 'not-found' });
      await expect(own?.get('mine/manifest.json')).rejects.toMatchObject({ code: 'storage-error' });
      await expect(own?.get('mine/pipe')).rejects.toMatchObject({ code: 'storage-error' });
      expect(await own?.clearInterrupted('backup/', Date.now() + 60_000)).toBe(0);
      for (const key of ['backup/manifest.json', 'archive/span/piece', 'mine/manifest.json']) await own?.delete(key);
      for (const name of ['archive/span/', 'backup/', 'mine/']) await own?.deleteFolder(name);
      expect((await readdir(path.join(folder, 'other'), { recursive: true })).sort()).toEqual([
        'archive',
        'archive/span',
        'archive/span/piece',
        'backup',
        'backup/manifest.json',
        'backup/part.4a5b.partial',
      ]);
      expect(await readdir(path.join(folder, 'own'))).toEqual(['archive']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('what is stored in a place shared by a group is the group’s, too', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-storage-'));
    try {
      await chmod(folder, 0o2770);
      await createLocalDirectory(folder).put('a/b/part', Readable.from([Buffer.from('x')]));
      expect(((await stat(path.join(folder, 'a'))).mode & 0o7777).toString(8)).toBe('2770');
      expect(((await stat(path.join(folder, 'a/b'))).mode & 0o7777).toString(8)).toBe('2770');
      expect((await stat(path.join(folder, 'a/b/part'))).mode & 0o777).toBe(0o640);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('a put is not disturbed by one beside it that fails and takes back its folder', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-storage-'));
    const failing = async function* () {
      yield Buffer.from('half');
      throw new Error('broken');
    };
    try {
      const storage = createLocalDirectory(folder);
      for (let round = 0; round < 300; round += 1) {
        const broken = expect(storage.put(`a/${round}/broken`, Readable.from(failing()))).rejects.toThrow();
        await Promise.all([broken, storage.put(`a/${round}/whole`, Readable.from([Buffer.from('x')]))]);
      }
      expect((await storage.list('a/')).length).toBe(300);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 30_000);

  test('a file system without room for another file or another byte says which it is', async (context) => {
    if (!(await canMount())) return context.skip();
    const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-storage-'));
    const put = `
      import { Readable } from 'node:stream';
      import { createLocalDirectory } from '${path.resolve('drivers/storage/local-directory.ts')}';
      const put = (key, size) => createLocalDirectory('${folder}').put(key, Readable.from([Buffer.alloc(size)])).catch((error) => error);
      await put('a/part', 1);
      for (const full of [await put('b/c/part', 1), await put('a/other', 1), await put('a/part', 2e6)]) console.log(full.message);`;
    try {
      // A mount that only this command sees, with the folders and files of one object, and one more for what takes its place.
      const mounted = `mount -t tmpfs -o nr_inodes=$0,size=1m tmpfs ${folder} && exec "$@"`;
      const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', put];
      const run = (inodes: number) => promisify(execFile)('unshare', ['-rm', 'sh', '-c', mounted, String(inodes), ...node]);
      const [few, many] = await Promise.all([run(3), run(100)]);
      expect(few.stdout.split('\n').slice(0, 2)).toEqual([1, 2].map(() => expect.stringMatching(/has run out of inodes/)));
      expect(many.stdout.split('\n')[2]).toMatch(/^The disk of the backup storage is full\. Delete backups there/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('what a disk takes only a part of is not stored, and says why', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-storage-'));
    const put = `
      import { Readable } from 'node:stream';
      import { createLocalDirectory } from '${path.resolve('drivers/storage/local-directory.ts')}';
      const content = Readable.from(Array.from({ length: 34 }, () => Buffer.alloc(30_000, 7)));
      const stored = await createLocalDirectory('${folder}').put('a/part', content).catch((error) => error);
      console.log(stored.code, stored.detail);`;
    try {
      // A limit of the process stands for the end of the disk: the last write reaches it and is cut; what is left of it fails.
      const limited = ['--fsize=1000001', process.execPath, '--import', 'tsx', '--input-type=module', '-e', put];
      const { stdout } = await promisify(execFile)('/usr/bin/prlimit', limited);
      expect(stdout).toMatch(/^storage-error EFBIG/);
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** Some systems let only root have a mount of its own. */
function canMount(): Promise<boolean> {
  return promisify(execFile)('unshare', ['-rm', 'sh', '-c', 'mount -t tmpfs tmpfs /mnt']).then(
    () => true,
    () => false,
  );
}
