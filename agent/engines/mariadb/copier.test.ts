import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { handOver } from './copier.ts';
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
