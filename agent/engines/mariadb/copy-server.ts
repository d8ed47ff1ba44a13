import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AddressInfo, BlockList, isIPv6 } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Copier, CopyOptions } from '../../backup/copier.ts';
import { hashPassword } from './password-hash.ts';
import { adminUser, type Place } from './place.ts';
import { getSettings } from './settings.ts';

/** What a replica says first, in one line, and what it is answered before the copy. */
export type CopyRequest = { user: string; password: string };
export type CopyHead = { administrator: string };

const requestDeadlineMs = 5000;
const stalledMs = 60_000;

/**
 * Gives the data to replicas that were admitted, straight from MariaDB's copying program to their connection: nothing is laid down here.
 * Over TLS with this guest's certificate; they say the copying account's password, and come from where that may.
 * After the head the copy follows in frames of length and bytes; a frame of no length says that all of it went well.
 */
export function createCopyServer(place: Place, copier: Copier, pace: CopyOptions['pace']) {
  let server: Server | null = null;
  let busy = false;

  async function serve(socket: TLSSocket) {
    const abort = new AbortController();
    // The copying program holds locks of the server while nobody takes what it says.
    socket.setTimeout(stalledMs, () => socket.destroy());
    socket.on('error', () => {}).once('close', () => abort.abort(new Error('The replica is gone.')));
    try {
      const request = await readRequest(socket);
      if (request === null || !(await isAdmitted(place, request, socket.remoteAddress ?? '')) || busy) return;
      busy = true;
      try {
        await give(socket, abort.signal);
      } finally {
        busy = false;
      }
    } catch {
      // Cut short, as the missing last frame tells.
    } finally {
      if (!socket.writableEnded) socket.destroy();
    }
  }

  async function give(socket: TLSSocket, signal: AbortSignal) {
    const copy = await copier.copy({ label: 'replica', parent: null, context: { signal, progress: () => {} }, plain: true, pace });
    try {
      const head: CopyHead = { administrator: adminUser() };
      await send(socket, Buffer.from(`${JSON.stringify(head)}\n`), signal);
      for await (const part of copy.parts)
        for await (const chunk of part.bytes) {
          await send(socket, toLength(chunk.length), signal);
          await send(socket, chunk, signal);
        }
      await send(socket, toLength(0), signal);
      socket.end();
    } finally {
      await copy.close();
    }
  }

  return {
    /** Begins to listen, where it does not yet; answers the port. */
    open: async (): Promise<number> => {
      const listening = server ?? createServer({ minVersion: 'TLSv1.2' });
      listening.setSecureContext({ cert: readFileSync(place.certificateFile), key: readFileSync(place.keyFile) });
      if (server === null) {
        server = listening;
        listening.on('secureConnection', (socket) => void serve(socket)).on('tlsClientError', () => {});
        await new Promise<void>((resolve, reject) => {
          listening.once('error', reject).listen({ port: 0, host: place.listenAddress }, resolve);
        });
      }
      return (listening.address() as AddressInfo).port;
    },
    close: (): void => {
      server?.close();
      server = null;
    },
  };
}

export type CopyServer = ReturnType<typeof createCopyServer>;

function toLength(bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}

/** No faster than the other end reads. */
async function send(socket: TLSSocket, bytes: Buffer, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (socket.write(bytes)) return;
  await new Promise<void>((resolve, reject) => {
    const end = (finish: () => void) => {
      socket.off('drain', drained);
      signal.removeEventListener('abort', gone);
      finish();
    };
    const drained = () => end(resolve);
    const gone = () => end(() => reject(signal.reason));
    socket.once('drain', drained);
    signal.addEventListener('abort', gone, { once: true });
  });
}

/** Null when it does not say its line in time, or says something else. */
function readRequest(socket: TLSSocket): Promise<CopyRequest | null> {
  return new Promise((resolve) => {
    let text = '';
    const end = (answer: CopyRequest | null) => {
      clearTimeout(timer);
      socket.off('data', read).off('close', gone);
      resolve(answer);
    };
    const gone = () => end(null);
    const timer = setTimeout(gone, requestDeadlineMs);
    const read = (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (text.length > 4096) return end(null);
      if (text.endsWith('\n')) end(parseRequest(text));
    };
    socket.on('data', read).once('close', gone);
  });
}

function parseRequest(text: string): CopyRequest | null {
  try {
    const { user, password } = JSON.parse(text) as Partial<CopyRequest>;
    return typeof user === 'string' && typeof password === 'string' ? { user, password } : null;
  } catch {
    return null;
  }
}

async function isAdmitted(place: Place, { user, password }: CopyRequest, address: string): Promise<boolean> {
  const replica = (await getSettings(place)).replicas.find((candidate) => candidate.user === user);
  if (replica === undefined || !isWithin(address, replica.cidr)) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(replica.hash), digest(hashPassword(password)));
}

function isWithin(address: string, cidr: string): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(bits), isIPv6(network) ? 'ipv6' : 'ipv4');
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
