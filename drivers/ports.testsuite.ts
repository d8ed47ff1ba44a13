import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below those that the kernel hands out by itself, and apart from those of the launcher, the browser specs and the product. */
const [firstPort, blocks, portsOfBlock] = [20_000, 120, 100];
const host = '127.0.0.1';

let own: { next: number; last: number } | null = null;

/** A port that nobody listens on and that no other test takes before this process ends; or the first of so many neighbours, at most 100. */
export async function takePort(neighbours = 1): Promise<number> {
  if (own === null || own.next + neighbours > own.last + 1) {
    const { first, last } = await takePortRange();
    own = { next: first, last };
  }
  const { next } = own;
  own.next += neighbours;
  return next;
}

/** A hundred neighbouring ports, for a product of the test's own. */
export async function takePortRange(): Promise<{ first: number; last: number }> {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const first = firstPort + portsOfBlock * Math.floor(Math.random() * blocks);
    const ports = Array.from({ length: portsOfBlock }, (_, index) => first + index);
    if ((await isTaken(first)) && (await Promise.all(ports.map(isFree))).every(Boolean)) return { first, last: first + portsOfBlock - 1 };
  }
  throw new Error('No hundred neighbouring ports are free.');
}

/** True when the block is this process's until it ends. No database listens on UDP, so that is where its owner stands. */
function isTaken(first: number): Promise<boolean> {
  return new Promise((resolve) => {
    const mark = createSocket('udp4').unref();
    mark.once('error', () => resolve(false));
    mark.bind({ port: first, address: host, exclusive: true }, () => resolve(true));
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
