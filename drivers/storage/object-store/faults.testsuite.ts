import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Patience } from '../http/client.ts';
import type { Storage } from '../storage.ts';
import { type FaultProxy, first } from './fault-proxy.testsuite.ts';

export type Remote = {
  proxy: FaultProxy;
  /** Reaches the real server through the proxy, in small parts and listings of 10, with the place or secret exchanged. */
  open(change?: { password?: string; place?: string }, patience?: Partial<Patience>): Storage;
  /** What lies in the place but is no whole object, as the server itself sees it. */
  listLeftovers(): Promise<string[]>;
  secrets: readonly string[];
};

export const impatient: Patience = { attempts: 4, firstPauseMs: 20, idleTimeoutMs: 1000 };
const isPut = ({ method }: { method?: string | undefined }) => method === 'PUT';
const isGet = ({ method, url }: { method?: string | undefined; url?: string | undefined }) =>
  method === 'GET' && url?.endsWith('/faults/x') === true;

/** What every storage that is reached over a network must bear, or end with a sentence. */
export function testFaults(remote: () => Remote) {
  const bytes = randomBytes(3 * 1024 * 1024 + 5);
  const put = (storage: Storage) => storage.put('faults/x', Readable.from([bytes]));
  const read = async (storage: Storage) => Buffer.concat(await (await storage.get('faults/x')).toArray());

  test('a server that is busy twice is asked again', async () => {
    const { proxy, open } = remote();
    const storage = open();
    proxy.inject(first(2, { status: 503 }, isPut));
    expect(await put(storage)).toEqual({ sizeBytes: bytes.length });
    proxy.inject(first(2, { status: 503 }, isGet));
    expect((await read(storage)).equals(bytes)).toBe(true);
    proxy.inject(first(2, { status: 503 }));
    expect(await storage.list('faults/')).toMatchObject([{ key: 'faults/x', sizeBytes: bytes.length }]);
  });

  test('a connection that is cut in the middle of a part: the part is sent again', async () => {
    const { proxy, open } = remote();
    proxy.inject(first(2, { cutRequestAfter: 300_000 }, isPut));
    expect(await put(open())).toEqual({ sizeBytes: bytes.length });
    expect((await read(open())).equals(bytes)).toBe(true);
  });

  test('an answer that was lost does not make the object twice or broken', async () => {
    const { proxy, open } = remote();
    const seen = new Set<string>();
    // Every different writing request loses its first answer.
    proxy.inject(({ method, url }) => {
      const what = `${method} ${url}`;
      if (method === 'GET' || seen.has(what)) return 'none';
      seen.add(what);
      return 'lose-answer';
    });
    expect(await put(open())).toEqual({ sizeBytes: bytes.length });
    proxy.inject(() => 'none');
    expect((await read(open())).equals(bytes)).toBe(true);
  });

  test('a server that stays away leaves nothing and says so', async () => {
    const { proxy, open, listLeftovers } = remote();
    let puts = 0;
    proxy.inject((request) => {
      puts += isPut(request) ? 1 : 0;
      return isPut(request) && puts > 2 ? { status: 503 } : 'none';
    });
    await expect(open().put('broken/away', Readable.from([bytes]))).rejects.toMatchObject({ code: 'storage-error' });
    proxy.inject(() => 'none');
    expect(await open().list('broken/')).toEqual([]);
    expect(await listLeftovers()).toEqual([]);
  });

  test('a server that stalls ends each request with an error', async () => {
    const { proxy, open } = remote();
    const storage = open({}, { attempts: 2, idleTimeoutMs: 300 });
    proxy.inject(() => 'stall');
    for (const attempt of [() => put(storage), () => storage.get('faults/x'), () => storage.list(''), () => storage.delete('faults/y')])
      await expect(attempt()).rejects.toMatchObject({ code: 'storage-error', detail: expect.stringContaining('nothing moved') });
  });

  test('nothing listens: says where', async () => {
    const { proxy, open } = remote();
    proxy.inject((request) => {
      request.socket.destroy();
      return 'stall';
    });
    await expect(open().list('')).rejects.toMatchObject({ code: 'storage-error', message: expect.stringContaining(proxy.url) });
  });

  test('an object whose bytes break off is an error, never a short object', async () => {
    const { proxy, open } = remote();
    const storage = open();
    proxy.inject(() => 'none');
    await put(storage);
    proxy.inject((request) => (isGet(request) ? { cutAnswerAfter: 1_000_000 } : 'none'));
    await expect(read(storage)).rejects.toMatchObject({ code: 'storage-error', message: expect.stringContaining('broke off') });
  });

  test('a wrong secret is said in words that hold no secret', async () => {
    const { proxy, open, secrets } = remote();
    proxy.inject(() => 'none');
    const wrong = 'hunter2-not-the-secret';
    const storage = open({ password: wrong });
    for (const attempt of [() => put(storage), () => storage.get('faults/x'), () => storage.list(''), () => storage.delete('a')]) {
      const error = await attempt().then(
        () => undefined,
        (failure: unknown) => failure,
      );
      expect(error).toMatchObject({ code: 'storage-error', message: expect.stringContaining('does not accept') });
      const words = JSON.stringify([error, (error as Error).message, (error as Error).stack]);
      for (const secret of [wrong, ...secrets]) expect(words).not.toContain(secret);
    }
  });

  test('rights that end in the middle end the put at once, once and for all, and leave nothing', async () => {
    const { proxy, open, listLeftovers } = remote();
    let puts = 0;
    let refused = 0;
    proxy.inject((request) => {
      puts += isPut(request) ? 1 : 0;
      if (!isPut(request) || puts <= 2) return 'none';
      refused += 1;
      return { status: 403 };
    });
    const error = await open()
      .put('broken/rights', Readable.from([bytes]))
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'storage-error' });
    // Parts on their way beside it may be refused, too; none is sent again.
    expect(refused).toBeLessThanOrEqual(2);
    proxy.inject(() => 'none');
    expect(await open().list('broken/')).toEqual([]);
    expect(await listLeftovers()).toEqual([]);
    expect(await put(open())).toEqual({ sizeBytes: bytes.length });
  });

  test('a place that does not exist is named', async () => {
    const { proxy, open } = remote();
    proxy.inject(() => 'none');
    const storage = open({ place: 'nowhere-to-be-found' });
    for (const attempt of [() => put(storage), () => storage.get('x'), () => storage.list(''), () => storage.deleteFolder('x/')])
      await expect(attempt()).rejects.toMatchObject({
        code: 'storage-error',
        message: expect.stringMatching(/“nowhere-to-be-found” does not exist/),
      });
  });

  test('more objects than a listing holds at once are listed and deleted', async () => {
    const { proxy, open } = remote();
    proxy.inject(() => 'none');
    const storage = open();
    const keys = Array.from({ length: 25 }, (_, index) => `many/${String(index).padStart(3, '0')}`);
    for (const key of keys) await storage.put(key, Readable.from([Buffer.from(key)]));
    expect((await storage.list('many/')).map(({ key }) => key)).toEqual(keys);
    await storage.deleteFolder('many/');
    expect(await storage.list('many/')).toEqual([]);
  });
}
