import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { unpackBy } from './unpack-by.ts';

const root = mkdtempSync(path.join(tmpdir(), 'gbt-unpack-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a program that finds fault with the bytes says that they are damaged; one that is ended from outside says nothing of them', async () => {
  const unpack = (name: string, script: string) => {
    const bytes = (async function* () {
      yield Buffer.from('bytes');
    })();
    return unpackBy('/bin/sh', ['-c', `cat > /dev/null; ${script}`], {
      bytes,
      folder: path.join(root, name),
      signal: new AbortController().signal,
    });
  };
  await unpack('whole', 'exit 0');
  await expect(unpack('damaged', 'exit 1')).rejects.toMatchObject({ code: 'backup-damaged' });
  await expect(unpack('ended', 'kill -KILL $$')).rejects.toMatchObject({ code: 'engine-unavailable', message: 'sh was ended by SIGKILL.' });
});
