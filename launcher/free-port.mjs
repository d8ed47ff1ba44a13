import { createServer } from 'node:net';

/** A free port of this machine below 32768, where the kernel does not hand out ports by itself. */
export async function findFreePort(host = '127.0.0.1') {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const port = 32_000 + Math.floor(Math.random() * 768);
    if (await isFree(port, host)) return port;
  }
  throw new Error('no free port between 32000 and 32767');
}

function isFree(port, host) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.on('error', () => resolve(false)).listen({ port, host }, () => probe.close(() => resolve(true)));
  });
}
