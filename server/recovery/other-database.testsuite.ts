import { type Database, openDatabase } from '../store/database.ts';

/** A throw-away database is migrated without a record of it, which a recovery asks for. */
export async function noteMigrations({ pool }: Database): Promise<void> {
  await pool.query(`create table if not exists _prisma_migrations (
    id text primary key, checksum text not null, finished_at timestamptz, migration_name text not null, applied_steps_count int not null default 0)`);
}

export async function withDatabase<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = openDatabase(url);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
