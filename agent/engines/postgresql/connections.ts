import { Socket } from 'node:net';
import pg from 'pg';
import { GuestboardError } from '#contract/errors.ts';
import { adminRole, type Place } from './place.ts';

export type Client = pg.Client;

export type ConnectOptions = {
  user?: string;
  database?: string;
  /** The most one statement may take; 0 for none. */
  statementTimeoutMs?: number;
  connectTimeoutMs?: number;
  /** A connection of the replication protocol: plain commands only. */
  replication?: boolean;
  signal?: AbortSignal | undefined;
};

/** A new connection over the guest's own socket, where the operating system says who we are. What we say on it is never logged. */
export async function connect(place: Place, options: ConnectOptions = {}): Promise<Client> {
  const timeout = options.statementTimeoutMs ?? 30_000;
  const own = options.database === undefined ? [] : listOwn(place);
  const quiet = ['log_statement=none', 'log_min_duration_statement=-1', 'log_min_error_statement=panic', 'lock_timeout=10s'];
  return open(
    {
      host: place.run,
      port: place.port,
      user: options.user ?? adminRole,
      database: options.database ?? 'postgres',
      ssl: false,
      application_name: 'guestboard',
      connectionTimeoutMillis: options.connectTimeoutMs ?? 5000,
      // Only an administrator may silence the log; the others have nothing to say.
      ...((options.user ?? adminRole) === adminRole
        ? { options: [...quiet, ...own, `statement_timeout=${timeout}`].map((setting) => `-c ${setting}`).join(' ') }
        : {}),
      ...(options.replication ? { replication: 'true', stream: openSocket } : {}),
    },
    options.signal,
  );
}

/**
 * What an owner may have set for connections into a database (ALTER DATABASE … SET) is not for ours: it would take our rights away, let
 * names of a tenant's stand for the server's own, or end us between two statements.
 */
function listOwn({ majorVersion }: Place): string[] {
  return [
    'role=none',
    'search_path=pg_catalog',
    'default_transaction_read_only=off',
    'default_transaction_isolation=read\\ committed',
    'idle_in_transaction_session_timeout=0',
    'idle_session_timeout=0',
    ...(majorVersion >= 17 ? ['transaction_timeout=0'] : []),
  ];
}

const readBytes = 64 * 1024;

/**
 * Reads into one buffer again and again: a copy's bytes come by eight kilobytes, each read in a buffer of its own otherwise. Who listens to
 * `bytes` has it only until the listener returns; who listens to `data`, as the driver does, gets bytes to keep.
 */
function openSocket(): Socket {
  const socket = new Socket({
    onread: {
      buffer: Buffer.allocUnsafeSlow(readBytes),
      callback: (count, buffer) => {
        const bytes = Buffer.from(buffer.buffer, buffer.byteOffset, count);
        if (!socket.emit('bytes', bytes)) socket.emit('data', Buffer.from(bytes));
        return true;
      },
    },
  });
  return socket;
}

/** Opens any connection; its later errors reject what is being asked instead of ending the process. */
export async function open(config: pg.ClientConfig & { replication?: string }, signal?: AbortSignal): Promise<Client> {
  signal?.throwIfAborted();
  const client = new pg.Client(config);
  client.on('error', () => {});
  // An end that was asked for while it connects is told to nobody who waits for the connection.
  const aborted = createAbortion(signal, () => void client.end().catch(() => {}));
  try {
    await Promise.race([client.connect(), aborted.promise]);
  } catch (error) {
    void client.end().catch(() => {});
    signal?.throwIfAborted();
    throw toEngineError(error);
  } finally {
    aborted.forget();
  }
  return client;
}

/** Fails, after `act`, once the signal says so. */
function createAbortion(signal: AbortSignal | undefined, act: () => void) {
  let abort = () => {};
  const promise = new Promise<never>((_resolve, reject) => {
    abort = () => {
      act();
      reject(signal?.reason);
    };
  });
  signal?.addEventListener('abort', abort, { once: true });
  return { promise, forget: () => signal?.removeEventListener('abort', abort) };
}

/** Runs `work` on a connection of its own. Cancelling closes the connection, which ends the statement on the server. */
export async function withClient<T>(place: Place, options: ConnectOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(place, options);
  const abort = () => close(client);
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    return await work(client);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw toEngineError(error);
  } finally {
    options.signal?.removeEventListener('abort', abort);
    close(client);
  }
}

/** One transaction: all of it or nothing. */
export async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

export function close(client: Client): void {
  void client.end().catch(() => {});
}

export function sqlState(error: unknown): string | null {
  const cause = error instanceof GuestboardError ? error.cause : error;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
}

/** The engine's own words, beside a sentence of ours. */
export function toEngineError(error: unknown): GuestboardError {
  if (error instanceof GuestboardError) return error;
  const { message } = error instanceof Error ? error : { message: String(error) };
  const hint = error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? ` ${error.hint}` : '';
  const code = sqlState(error);
  if (code !== null && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('57P') && code !== '53300')
    return new GuestboardError('engine-error', 'PostgreSQL refused the command.', { detail: `${message}${hint}`, cause: error });
  return new GuestboardError('engine-unavailable', 'PostgreSQL does not take the connection.', {
    detail: `${message}${hint}`,
    cause: error,
  });
}
