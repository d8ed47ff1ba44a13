import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { open } from './connections.ts';

test('a cancel that meets a connection while it is being opened ends the waiting for it, though the server hangs up in order', async () => {
  const cancel = new AbortController();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      cancel.abort(new Error('Cancelled.'));
      setTimeout(() => socket.end(), 50);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  try {
    await expect(open({ host: '127.0.0.1', port, user: 'a', database: 'a' }, cancel.signal)).rejects.toThrow('Cancelled.');
  } finally {
    server.close();
  }
});
