import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { handOver, unpackStream } from './copier.ts';
import type { Place } from './place.ts';

test('what ended the server that gives restored data to its guest is told: a kill is no fault of the backup', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'hand-over-'));
  const serverProgram = path.join(folder, 'killed-server');
  await writeFile(serverProgram, '#!/bin/bash\nkill -KILL $$\n', { mode: 0o755 });
  const place = { serverProgram, conf: folder, tmp: folder } as Place;
  const { signal } = new AbortController();
  await expect(handOver(place, folder, 'earlier', signal)).rejects.toMatchObject({ detail: expect.stringMatching(/ended with SIGKILL/) });
  await rm(folder, { recursive: true });
});

test('an unpacking program that left a file out, and ends as if all were well, is not believed', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'unpack-'));
  const unpackProgram = path.join(folder, 'unpack');
  const { signal } = new AbortController();
  const unpack = async (words: string, target: string) => {
    await writeFile(unpackProgram, `#!/bin/bash\necho "${words}" >&2\ncat > /dev/null\n`, { mode: 0o755 });
    async function* bytes() {
      yield Buffer.from('stored');
    }
    return unpackStream({ unpackProgram } as Place, bytes(), path.join(folder, target), signal);
  };
  await expect(unpack('mbstream: Can’t create/write to file ‘./a.ibd’ (Errcode: 24)', 'one')).rejects.toMatchObject({
    code: 'backup-damaged',
    detail: expect.stringContaining('a.ibd'),
  });
  await unpack('', 'two');
  await rm(folder, { recursive: true });
});
