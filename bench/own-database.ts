import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { Product } from '../e2e/product.ts';
import { ensureDatabaseAccount } from '../launcher/account.mjs';
import { layOut } from '../launcher/layout.mjs';
import { readSettings } from '../launcher/settings.mjs';

/** A connection to the control plane's own PostgreSQL, over its unix socket. Close it with `end()`. */
export async function connectToOwnDatabase(product: Product): Promise<pg.Client> {
  const layout = layOut(readSettings({ ...process.env, GUESTBOARD_DATA: product.data }), ensureDatabaseAccount());
  const client = new pg.Client({
    host: layout.sockets,
    port: 5432,
    user: 'guestboard',
    database: 'guestboard',
    password: readFileSync(layout.databasePassword, 'utf8').trim(),
  });
  await client.connect();
  return client;
}
