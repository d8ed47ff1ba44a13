import { createClient } from '@redis/client';
import { createConnection } from 'mysql2/promise';
import type { DatastoreName } from '#contract/datastores/index.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { connect, type Login, readCa } from '../e2e/database-client.ts';
import type { Rest } from '../e2e/rest.ts';

/** Rows numbered from 0, as one engine keeps them. */
export type Rows = {
  make(): Promise<unknown>;
  add(n: number): Promise<unknown>;
  /** How many there are, and the last of them; null where there is none. */
  count(): Promise<{ n: number; last: number | null }>;
  close(): Promise<unknown>;
};

type Server = { instance: Instance; caPem: string; login: Login };

const openers: Record<DatastoreName, (server: Server) => Promise<Rows>> = {
  postgresql: openPostgresql,
  mariadb: openMariadb,
  mysql: openMariadb,
  redis: openRedis,
};

/** As the first user of `origin`, whose login a restored instance has, too. */
export async function openRows(rest: Rest, instance: Instance, origin = instance): Promise<Rows> {
  const user = origin.firstUser ?? '';
  const { password } = await rest('revealPassword', { path: { instanceId: origin.id }, body: { user } });
  const login = { user, password, database: origin.firstDatabase ?? '' };
  return openers[instance.datastore]({ instance, caPem: await readCa(rest, instance.projectId), login });
}

async function openPostgresql({ instance, caPem, login }: Server): Promise<Rows> {
  const client = await connect(instance, caPem, login);
  return {
    make: () => client.query('create table written (n int)'),
    add: (n) => client.query('insert into written values ($1)', [n]),
    count: async () => {
      const { rows } = await client.query<{ n: number; last: number | null }>('select count(*)::int as n, max(n) as last from written');
      return rows[0] ?? { n: 0, last: null };
    },
    close: () => client.end(),
  };
}

async function openMariadb({ instance, caPem, login }: Server): Promise<Rows> {
  const client = await createConnection({ host: '127.0.0.1', port: instance.port ?? 0, ...login, ssl: { ca: caPem } });
  return {
    make: () => client.query('create table written (n int)'),
    add: (n) => client.query('insert into written values (?)', [n]),
    count: async () => {
      const [rows] = await client.query('select count(*) as n, max(n) as last from written');
      const [row] = rows as { n: number; last: number | null }[];
      return row ?? { n: 0, last: null };
    },
    close: () => client.end(),
  };
}

async function openRedis({ instance, caPem, login }: Server): Promise<Rows> {
  const socket = { host: '127.0.0.1', port: instance.port ?? 0, tls: true as const, ca: caPem };
  const client = createClient({ username: login.user, password: login.password, socket });
  client.on('error', () => {});
  await client.connect();
  return {
    make: async () => undefined,
    add: (n) => client.rPush('written', String(n)),
    count: async () => {
      const last = await client.lIndex('written', -1);
      return { n: await client.lLen('written'), last: last === null ? null : Number(last) };
    },
    close: async () => client.destroy(),
  };
}
