import mysql from 'mysql2/promise';
import { GuestboardError } from '#contract/errors.ts';
import type { CommandInput } from '#contract/guest/commands.ts';
import { inClear } from '../../secrets-in-clear.ts';
import { readFileIfThere, writeFile } from '../../write-file.ts';
import { type Client, toClient, toEngineError, withClient } from './connections.ts';
import type { Place } from './place.ts';
import { changeSettings, getSettings, type Source } from './settings.ts';
import { quoteText } from './sql.ts';

export type SourceAddress = CommandInput<'replication.follow'>['source'];
type Link = Pick<Source, 'host' | 'port' | 'user'> & { password: string; caPem: string };

/** Proves that the source is there, is of this authority and lets us in; then puts down how it is reached. */
export async function rememberSource(place: Place, address: SourceAddress, signal: AbortSignal): Promise<Source> {
  const { host, port, user, caPem } = address;
  const password = inClear(address.password);
  (await openLink(place, { host, port, user, password, caPem })).close();
  signal.throwIfAborted();
  await writeFile(place.sourceCaFile, caPem);
  await writeFile(place.sourceSecretFile, `${password}\n`);
  return { host, port, user, position: null };
}

/** A lasting connection to the source with the copying account, which may ask how far it is. */
export async function connectSource(place: Place, { host, port, user }: Source): Promise<Client> {
  const [password, caPem] = [await readFileIfThere(place.sourceSecretFile), await readFileIfThere(place.sourceCaFile)];
  if (password === null || caPem === null) throw new GuestboardError('engine-unavailable', 'How the source is reached is not known here.');
  return openLink(place, { host, port, user, password: password.trim(), caPem });
}

export async function askSource(client: Client): Promise<{ position: number }> {
  const [row] = await client.query<{ position: string }>('SELECT @@global.gtid_binlog_pos AS position');
  return { position: toSequence(row?.position ?? '') };
}

/** A position is a transaction's name, domain-server-number; the number only grows. There is one domain. */
export function toSequence(position: string): number {
  return Math.max(0, ...position.split(',').map((name) => Number(name.split('-')[2] ?? 0)));
}

/** A fresh copy learns where it ends, and begins to follow; once it does, the server remembers by itself. */
export async function goOnFromCopy(place: Place, signal: AbortSignal): Promise<void> {
  const { source } = await getSettings(place);
  if (source === null || source.position === null) return;
  const { position } = source;
  await withClient(place, { signal }, async (client) => {
    await client.query('STOP SLAVE');
    await client.query(`SET GLOBAL gtid_slave_pos = ${quoteText(position)}`);
  });
  await startFollowing(place, source, signal);
  await changeSettings(place, { source: { ...source, position: null } });
}

/** Only we see the statement, which no log holds. The authority is checked, the name is not, as at every replica. */
export async function startFollowing(place: Place, { host, port, user }: Source, signal: AbortSignal): Promise<void> {
  const password = (await readFileIfThere(place.sourceSecretFile))?.trim() ?? '';
  await withClient(place, { signal }, async (client) => {
    await client.query('STOP SLAVE');
    await client.query(
      `CHANGE MASTER TO MASTER_HOST = ${quoteText(host)}, MASTER_PORT = ${port}, MASTER_USER = ${quoteText(user)},
       MASTER_PASSWORD = ${quoteText(password)}, MASTER_SSL = 1, MASTER_SSL_CA = ${quoteText(place.sourceCaFile)},
       MASTER_SSL_VERIFY_SERVER_CERT = 0, MASTER_CONNECT_RETRY = 1, MASTER_HEARTBEAT_PERIOD = 2, MASTER_USE_GTID = slave_pos`,
    );
    await client.query('SET GLOBAL innodb_strict_mode = OFF');
    await client.query('START SLAVE');
  });
}

async function openLink({ dialect }: Place, { host, port, user, password, caPem }: Link): Promise<Client> {
  try {
    const ssl = { ca: caPem, rejectUnauthorized: true, verifyIdentity: false };
    return toClient(await mysql.createConnection({ host, port, user, password, ssl, charset: 'utf8mb4', connectTimeout: 3000 }), dialect);
  } catch (error) {
    throw toEngineError(error, dialect);
  }
}
