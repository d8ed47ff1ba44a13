import { rm } from 'node:fs/promises';
import { connect, type TLSSocket } from 'node:tls';
import { GuestboardError } from '#contract/errors.ts';
import type { CommandContext } from '#contract/guest/commands.ts';
import { inClear } from '../../secrets-in-clear.ts';
import { syncFileSystem } from '../../sync-file-system.ts';
import { assertProgram, endLeftovers, forgetSource, handOver, prepare, readCopyNote, unpackStream } from './copier.ts';
import type { CopyHead } from './copy-server.ts';
import type { Place } from './place.ts';
import type { Source } from './settings.ts';
import { rememberSource, type SourceAddress } from './source-link.ts';

/** Fills the folder with a copy of the source, streamed from its agent; answers where in its binary log the copy ends. */
export async function copySource(place: Place, address: SourceAddress, folder: string, context: CommandContext): Promise<Source> {
  const { signal, progress } = context;
  assertProgram(place.copyProgram);
  const source = await rememberSource(place, address, signal);
  await endLeftovers(place, folder);
  const socket = await open(address, signal);
  try {
    socket.write(`${JSON.stringify({ user: address.user, password: inClear(address.password) })}\n`);
    const reader = createReader(socket);
    const head = JSON.parse(await reader.line()) as CopyHead;
    let done = 0;
    async function* frames(): AsyncGenerator<Buffer> {
      for (let length = await reader.length(); length > 0; length = await reader.length()) {
        const bytes = await reader.take(length);
        done += length;
        progress({ done, total: null, unit: 'bytes' });
        yield bytes;
      }
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    await unpackStream(place, frames(), folder, signal);
    await prepare(place, folder, null, signal);
    await forgetSource(folder);
    await handOver(place, folder, head.administrator, signal);
    // `binlog.000002  1234  0-1-57`: the last is missing while nothing was ever written.
    const words = (await readCopyNote(folder, 'binlog_info')).trim().split(/\s+/);
    await syncFileSystem(folder, signal);
    return { ...source, position: words[2] ?? '' };
  } catch (error) {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    signal.throwIfAborted();
    throw error;
  } finally {
    socket.destroy();
  }
}

function open({ host, copyPort, caPem }: SourceAddress, signal: AbortSignal): Promise<TLSSocket> {
  if (copyPort === null)
    throw new GuestboardError('engine-unavailable', 'The source’s agent gives out no copy. Update it, then try again.');
  return new Promise((resolve, reject) => {
    // The certificate names the guest's public address, which inside the host may be another.
    const socket = connect({
      host,
      port: copyPort,
      ca: caPem,
      rejectUnauthorized: true,
      checkServerIdentity: () => undefined,
      timeout: 600_000,
    });
    const fail = (detail: string) => {
      socket.destroy();
      reject(new GuestboardError('engine-unavailable', 'The source’s agent does not give out its copy. Try again.', { detail }));
    };
    socket.once('error', (error) => fail(error.message));
    socket.on('timeout', () => socket.destroy(new Error('The source fell silent.')));
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    socket.once('secureConnect', () => {
      socket.off('error', fail);
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

/** Reads exactly what it is asked for; an end in between is an error. */
function createReader(socket: TLSSocket) {
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let held: Buffer = Buffer.alloc(0);
  const more = async () => {
    const { done, value } = await chunks.next();
    if (done) throw new GuestboardError('engine-unavailable', 'The source’s copy ended before it was whole. Try again.');
    held = held.length === 0 ? value : Buffer.concat([held, value]);
  };
  const take = async (length: number): Promise<Buffer> => {
    while (held.length < length) await more();
    const taken = held.subarray(0, length);
    held = held.subarray(length);
    return taken;
  };
  return {
    take,
    length: async () => (await take(4)).readUInt32BE(),
    line: async () => {
      while (!held.includes(10)) await more();
      const taken = await take(held.indexOf(10) + 1);
      return taken.toString('utf8');
    },
  };
}
