import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PatientSocket } from './bookkeeping-pool.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gbt-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a connection found closed while it writes is one that was reset, which DBOS waits out', async () => {
  const server = createServer((socket) => socket.destroy()).listen(path.join(folder, 's'));
  await once(server, 'listening');
  const socket = new PatientSocket({ allowHalfOpen: true }).connect(path.join(folder, 's'));
  await once(socket, 'connect');
  const failed = once(socket, 'error');
  const writing = setInterval(() => socket.write(Buffer.alloc(1000)), 1);
  const [error] = await failed;
  clearInterval(writing);
  server.close();
  expect(error).toMatchObject({ code: 'ECONNRESET' });
});
