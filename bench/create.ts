import { createClient } from '@redis/client';
import { createConnection } from 'mysql2/promise';
import type { DatastoreName } from '#contract/datastores/index.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { connectAsFirstUser, readCa } from '../e2e/database-client.ts';
import { operate, uniqueName } from '../e2e/instances.ts';
import { fillNewInstance } from '../e2e/pages.ts';
import type { Rest } from '../e2e/rest.ts';
import { withPage } from './browser.ts';
import { type Bench, type Benchmark, type Figure, median, percentile } from './figure.ts';
import { chooseVersion, createOne, engines, type Timed } from './one-of-each.ts';

type Say = (rest: Rest, instance: Instance) => Promise<void>;

const sayTo: Record<DatastoreName, Say> = { postgresql: sayToPostgresql, mariadb: sayToMariadb, mysql: sayToMariadb, redis: sayToRedis };
const atMostSeconds: Record<DatastoreName, number> = { postgresql: 4, mariadb: 4, mysql: 10, redis: 1.5 };

/**
 * From the click on "Create instance" until the page says Healthy and a client is connected over TLS and answered, with the browser on the
 * same cores and the page at rest, as it is when somebody has typed a name; and from asking the API until it says HEALTHY, without one. For each engine.
 */
export const creates: readonly Benchmark[] = engines.map((engine) => ({
  name: `create-${engine.datastore}`,
  run: async (bench) => [await timeClicks(bench, engine), await timeRequests(bench, engine)],
}));

async function timeRequests({ rest, isQuick }: Bench, { datastore, title }: Timed): Promise<Figure> {
  const taken: number[] = [];
  let version = '';
  for (let time = 0; time < (isQuick ? 2 : 10); time += 1) {
    const from = performance.now();
    const instance = await createOne(rest, datastore);
    taken.push((performance.now() - from) / 1000);
    version = instance.version;
    await operate(rest, instance.id, 'delete-instance', { confirmName: instance.name });
  }
  return {
    figure: `POST "create" → HEALTHY as the API tells it, ${title} ${version}`,
    unit: 's',
    value: median(taken),
    median: median(taken),
    p99: percentile(taken, 99),
    n: taken.length,
    bar: { atMost: atMostSeconds[datastore] },
    barOf: 's, median',
    peer: null,
    remark: 'without a browser beside it',
  };
}

async function timeClicks(bench: Bench, { datastore, title }: Timed): Promise<Figure> {
  const { rest, isQuick } = bench;
  const version = await chooseVersion(rest, datastore);
  const healthy: number[] = [];
  const connected: number[] = [];
  await withPage(bench, async (page) => {
    for (let time = 0; time < (isQuick ? 2 : 10); time += 1) {
      const name = uniqueName('timed');
      await page.goto('/instances/new');
      await page.getByText(`${title} ${version}`, { exact: true }).click();
      const button = await fillNewInstance(page, name);
      await page.waitForLoadState('networkidle');
      const clicked = page.evaluate(
        () => new Promise<number>((resolve) => addEventListener('click', () => resolve(Date.now()), { capture: true, once: true })),
      );
      const shown = page.evaluate(seeHealthy);
      await button.click();
      const healthyMs = (await shown) - (await clicked);
      healthy.push(healthyMs);
      const seen = performance.now();
      const instance = (await rest('listInstances', { query: { text: name } })).items[0];
      if (!instance) throw new Error(`${name} is not in the list.`);
      await sayTo[datastore](rest, instance);
      connected.push(healthyMs + performance.now() - seen);
      await operate(rest, instance.id, 'delete-instance', { confirmName: name });
    }
  });
  return {
    figure: `click "create" → HEALTHY and accepting connections, ${title} ${version}`,
    unit: 's',
    value: median(connected) / 1000,
    median: median(connected) / 1000,
    p99: percentile(connected, 99) / 1000,
    n: connected.length,
    bar: { atMost: atMostSeconds[datastore] },
    barOf: 's, median',
    peer: null,
    remark: `Healthy on the page after ${(median(healthy) / 1000).toFixed(2)} s, connected over TLS after that`,
  };
}

/** In the page, by its own clock: what drives the browser learns it a tenth of a second later. */
function seeHealthy(): Promise<number> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('It is not healthy after 30 s.')), 30_000);
    const watch = new MutationObserver(() => {
      const isThere = location.pathname.startsWith('/instances/') && !location.pathname.endsWith('/new');
      if (!isThere || !document.querySelector('main')?.textContent?.includes('Healthy')) return;
      watch.disconnect();
      resolve(Date.now());
    });
    watch.observe(document, { subtree: true, childList: true, characterData: true });
  });
}

async function sayToPostgresql(rest: Rest, instance: Instance): Promise<void> {
  const client = await connectAsFirstUser(rest, instance);
  await client.query('select 1');
  await client.end();
}

async function sayToMariadb(rest: Rest, instance: Instance): Promise<void> {
  const { user, password, ca } = await readLogin(rest, instance);
  const connection = await createConnection({ host: '127.0.0.1', port: instance.port ?? 0, user, password, ssl: { ca } });
  await connection.query('select 1');
  await connection.end();
}

async function sayToRedis(rest: Rest, instance: Instance): Promise<void> {
  const { user, password, ca } = await readLogin(rest, instance);
  const client = createClient({ username: user, password, socket: { host: '127.0.0.1', port: instance.port ?? 0, tls: true, ca } });
  client.on('error', () => {});
  await client.connect();
  await client.ping();
  await client.close();
}

async function readLogin(rest: Rest, instance: Instance): Promise<{ user: string; password: string; ca: string }> {
  const user = instance.firstUser;
  if (user === null) throw new Error(`${instance.name} was made without a user.`);
  const { password } = await rest('revealPassword', { path: { instanceId: instance.id }, body: { user } });
  return { user, password, ca: await readCa(rest, instance.projectId) };
}
