import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { type Prisma, PrismaClient } from './generated/client.ts';

/** A transaction as the nouns of the store receive it. */
export type Tx = Prisma.TransactionClient;

/**
 * The control plane's database. `prisma` for ordinary work; `pool` for hot paths (prepared or multi-row SQL). bigint columns read
 * through `pool` arrive as strings, and `timestamp` columns without zone (the identity tables) must be read through Prisma.
 */
export type Database = {
  url: string;
  prisma: PrismaClient;
  pool: pg.Pool;
  transact<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  transactSql<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  /** Does it again where PostgreSQL ended it because it and another waited for each other's rows: it has done nothing then. */
  retrying<T>(work: () => Promise<T>): Promise<T>;
  /** Runs `then` once the transaction that `tx` stands for has committed; never when it rolls back. */
  afterCommit(tx: Tx | pg.PoolClient, then: () => void): void;
  close(): Promise<void>;
};

export function openDatabase(url: string, onFault: (error: Error) => void = () => {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 20,
    idleTimeoutMillis: 30_000,
    application_name: 'guestboard',
    // Prisma writes and reads times as if every connection were in UTC; a host is where it is, and its database with it.
    options: '-c TimeZone=UTC',
  });
  pool.on('error', onFault);
  // The pool listens to idle connections only: one that breaks in somebody's hands, between two statements, would end the process.
  pool.on('connect', (client) => client.on('error', onFault));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  const waiting = new WeakMap<object, (() => void)[]>();

  async function committing<X extends object, T>(tx: X, work: (tx: X) => Promise<T>): Promise<{ result: T; after: (() => void)[] }> {
    waiting.set(tx, []);
    const result = await work(tx);
    return { result, after: waiting.get(tx) ?? [] };
  }

  async function transact<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const { result, after } = await prisma.$transaction((tx) => committing(tx, work), { maxWait: 10_000, timeout: 30_000 });
    for (const each of after) each();
    return result;
  }

  async function retrying<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (attempt === mostAttempts || !isDeadlock(error)) throw error;
      }
    }
  }

  async function transactSqlOnce<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const { result, after } = await committing(client, work);
      await client.query('commit');
      client.release();
      for (const each of after) each();
      return result;
    } catch (error) {
      // A connection that cannot even roll back is not given to anybody else.
      await client.query('rollback').then(
        () => client.release(),
        (fault) => client.release(fault),
      );
      throw error;
    }
  }

  return {
    url,
    prisma,
    pool,
    transact,
    transactSql: (work) => retrying(() => transactSqlOnce(work)),
    retrying,
    afterCommit: (tx, then) => {
      const list = waiting.get(tx);
      if (!list) throw new Error('afterCommit needs a transaction opened by transact or transactSql.');
      list.push(then);
    },
    close: async () => {
      await prisma.$disconnect();
      if (!pool.ended) await pool.end();
    },
  };
}

const mostAttempts = 5;

function isDeadlock(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === '40P01';
}

/** True for a violated unique index, from Prisma or from pg. */
export function isDuplicate(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return code === 'P2002' || code === '23505';
}

/** True where Prisma found no row to change or to delete. */
export function isAbsent(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'P2025';
}
