import mysql from 'mysql2/promise';
import { GuestboardError } from '#contract/errors.ts';
import type { Dialect } from './dialect.ts';
import { adminUser, type Place } from './place.ts';

export type Client = {
  dialect: Dialect;
  query<Row extends object>(text: string): Promise<Row[]>;
  /** Calls once when the connection is lost. */
  onEnd(then: () => void): void;
  /** Takes its leave, so that the server's log does not tell of a broken connection. */
  close(): void;
  /** Cuts the connection, whatever runs on it. */
  cut(): void;
};

export type ConnectOptions = {
  user?: string;
  /** The most one statement may take. */
  statementTimeoutMs?: number;
  connectTimeoutMs?: number;
  signal?: AbortSignal | undefined;
};

/** A new connection over the guest's own socket, where the operating system says who we are. What we say on it is never logged. */
export async function connect(place: Place, options: ConnectOptions = {}): Promise<Client> {
  const { signal } = options;
  signal?.throwIfAborted();
  const user = options.user ?? adminUser();
  const deadlineMs = options.connectTimeoutMs ?? 5000;
  let connection: mysql.Connection | undefined;
  try {
    connection = await withDeadline(openSocket(place, user, deadlineMs), deadlineMs, signal);
    const client = toClient(connection, place.dialect);
    if (user === adminUser()) await client.query(`SET ${describeSession(place.dialect, options.statementTimeoutMs ?? 30_000)}`);
    return client;
  } catch (error) {
    connection?.destroy();
    signal?.throwIfAborted();
    throw toEngineError(error, place.dialect);
  }
}

/** Runs `work` on a connection of its own. Cancelling closes the connection. */
export async function withClient<T>(place: Place, options: ConnectOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect(place, options);
  const abort = () => client.cut();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    return await work(client);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw toEngineError(error, place.dialect);
  } finally {
    options.signal?.removeEventListener('abort', abort);
    client.close();
  }
}

/** The server's number of an error, or null when the error is not the server's. */
export function errorNumber(error: unknown): number | null {
  const cause = error instanceof GuestboardError ? error.cause : error;
  return cause instanceof Error && 'errno' in cause && typeof cause.errno === 'number' && cause.errno >= 1000 ? cause.errno : null;
}

/** The engine's own words, beside a sentence of ours. */
export function toEngineError(error: unknown, { title, passingErrors }: Pick<Dialect, 'title' | 'passingErrors'>): GuestboardError {
  if (error instanceof GuestboardError) return error;
  const detail = error instanceof Error ? error.message || String(('code' in error && error.code) || error.name) : String(error);
  const number = errorNumber(error);
  return number !== null && !passingErrors.includes(number)
    ? new GuestboardError('engine-error', `${title} refused the command.`, { detail, cause: error })
    : new GuestboardError('engine-unavailable', `${title} does not take the connection.`, { detail, cause: error });
}

function openSocket(place: Place, user: string, connectTimeout: number): Promise<mysql.Connection> {
  return mysql.createConnection({ socketPath: place.socketFile, user, charset: 'utf8mb4', connectTimeout });
}

function describeSession(dialect: Dialect, statementTimeoutMs: number): string {
  return [
    "sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
    'sql_log_off = ON',
    'lock_wait_timeout = 10',
    "time_zone = '+00:00'",
    ...dialect.sessionOptions(statementTimeoutMs),
  ]
    .map((assignment) => `SESSION ${assignment}`)
    .join(', ');
}

export function toClient(connection: mysql.Connection, dialect: Dialect): Client {
  // A later error rejects what is being asked instead of ending the process.
  connection.on('error', () => {});
  return {
    dialect,
    query: async <Row extends object>(text: string) => {
      const [rows] = await connection.query(text);
      return (Array.isArray(rows) ? rows : []) as Row[];
    },
    onEnd: (then) => {
      connection.on('error', then);
      connection.on('end', then);
    },
    close: () => void connection.end().catch(() => {}),
    cut: () => connection.destroy(),
  };
}

/** A server stopped by a signal takes the socket and never says a word. */
async function withDeadline(opening: Promise<mysql.Connection>, deadlineMs: number, signal?: AbortSignal): Promise<mysql.Connection> {
  let timer: NodeJS.Timeout | undefined;
  const abort = new AbortController();
  const given = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('No answer in time.')), deadlineMs);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true, signal: abort.signal });
  });
  try {
    return await Promise.race([opening, given]);
  } catch (error) {
    opening.then(
      (late) => late.destroy(),
      () => {},
    );
    throw error;
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}
