import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findFreePort } from './free-port.mjs';
import { start } from './start.testsuite.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'launcher-'));
chmodSync(scratch, 0o711);
afterAll(() => rmSync(scratch, { recursive: true }));

test('a port in use is said in one sentence', async () => {
  const port = await findFreePort();
  const other = createServer().listen(port, '127.0.0.1');
  const { code, said } = await start({ GUESTBOARD_DATA: path.join(scratch, 'port'), GUESTBOARD_PORT: String(port) });
  other.close();
  expect(said).toBe(
    `Port ${port} on 127.0.0.1 is already in use: stop the program that listens there, or set GUESTBOARD_PORT to another port.`,
  );
  expect(code).toBe(1);
});

test('a port that is no port is said in one sentence', async () => {
  const { code, said } = await start({ GUESTBOARD_PORT: '70000' });
  expect(said).toBe('GUESTBOARD_PORT is "70000": it must be a number from 1 to 65535.');
  expect(code).toBe(1);
});

test('a folder that cannot be written to is said in one sentence', async () => {
  writeFileSync(path.join(scratch, 'file'), '');
  const folder = path.join(scratch, 'file/below');
  const { code, said } = await start({ GUESTBOARD_DATA: folder });
  expect(said).toBe(`Guestboard cannot write to its data folder ${folder} (ENOTDIR): set GUESTBOARD_DATA to a folder it may write to.`);
  expect(code).toBe(1);
});

test('a folder on a file system that takes none is said in one sentence, and not tried for ever', async () => {
  const { code, said } = await start({ GUESTBOARD_DATA: '/proc/guestboard' });
  expect(said).toMatch(/^Guestboard cannot write to its data folder \/proc\/guestboard \(E[A-Z]+\): set GUESTBOARD_DATA/);
  expect(code).toBe(1);
});

test('a lost key file is said in one sentence, and no new key is made', async () => {
  const data = path.join(scratch, 'lost');
  mkdirSync(path.join(data, 'database'), { recursive: true });
  const { code, said } = await start({ GUESTBOARD_DATA: data });
  expect(said).toBe(
    `The key file ${data}/keys/key is gone, and the secrets in the database cannot be read without it: put back the copy you keep, or name it in GUESTBOARD_KEY_FILE.`,
  );
  expect(code).toBe(1);
});

test.each([
  ['is gone', null],
  ['is empty', '\n'],
])('a password of the control plane’s database that %s is said in one sentence, before anything is started', async (what, content) => {
  const data = path.join(scratch, what.replace(' ', '-'));
  for (const folder of ['database', 'keys']) mkdirSync(path.join(data, folder), { recursive: true });
  writeFileSync(path.join(data, 'database/PG_VERSION'), '18\n');
  writeFileSync(path.join(data, 'keys/key'), 'a key\n');
  const file = path.join(data, 'keys/database-password');
  if (content !== null) writeFileSync(file, content);
  const { code, said } = await start({ GUESTBOARD_DATA: data });
  expect(said).toBe(
    `The file ${file} ${what}, and the control plane's database cannot be opened without the password in it: put back the copy you keep.`,
  );
  expect(code).toBe(1);
});
