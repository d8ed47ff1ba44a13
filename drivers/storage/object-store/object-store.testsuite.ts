import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { takePort } from '#drivers/ports.testsuite.ts';
import { run } from '#drivers/process/run.ts';

const script = fileURLToPath(new URL('swift-aio.sh', import.meta.url));
const portsOfOne = 5;

/** A real Swift server, which speaks S3 as well: the same containers are its buckets. One account for each test file. */
export async function startObjectStore() {
  const folder = await mkdtemp(path.join(tmpdir(), 'guestboard-store-'));
  // Its servers run as an account of their own.
  await chmod(folder, 0o755);
  const aio = (args: readonly string[]) =>
    run('/bin/bash', [script, ...args], {
      deadlineMs: 120_000,
      env: { SWIFT_AIO_MIN_PART: '1' },
    });
  const stop = async () => {
    await aio(['stop', folder]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const port = await takePort(portsOfOne);
    const started = await aio(['start', folder, String(port)]);
    if (started.code !== 0) throw new Error(`The object store did not start: ${started.stderr}`);
    const url = `http://127.0.0.1:${port}`;
    const admin = await signIn(url);
    return {
      url,
      authUrl: `${url}/auth/v1.0`,
      user: 'test:tester',
      password: 'testing',
      region: 'us-east-1',
      stop,
      createContainer: (name: string) => admin('PUT', `/${name}`),
      /** Everything in a container, as the server itself sees it; null where there is none. */
      listNames: async (name: string): Promise<string[] | null> => {
        const names: string[] = [];
        for (;;) {
          const answer = await admin('GET', `/${encodeURIComponent(name)}?marker=${encodeURIComponent(names.at(-1) ?? '')}`);
          if (answer.status === 404) return null;
          const page = (await answer.text()).split('\n').filter(Boolean);
          if (page.length === 0) return names;
          names.push(...page);
        }
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export type ObjectStore = Awaited<ReturnType<typeof startObjectStore>>;

async function signIn(url: string) {
  const answer = await fetch(`${url}/auth/v1.0`, { headers: { 'X-Auth-User': 'test:tester', 'X-Auth-Key': 'testing' } });
  const storageUrl = answer.headers.get('x-storage-url') ?? '';
  const token = answer.headers.get('x-auth-token') ?? '';
  return (method: string, rest: string) => fetch(`${storageUrl}${rest}`, { method, headers: { 'X-Auth-Token': token } });
}
