import { readFileSync } from 'node:fs';
import { ErrorReply, RedisClient } from '@redis/client';
import { GuestboardError } from '#contract/errors.ts';
import { adminUser, type Place } from './place.ts';

/** What the server answers to one command: RESP's own types. */
export type Reply = string | number | null | Reply[];

export type Client = {
  /** One command by its words; nothing in them is ever parsed. */
  ask(...words: string[]): Promise<Reply>;
  /** How many commands were sent on it, its login included. */
  asked(): number;
  isOpen(): boolean;
  /** Calls once when the connection is lost. */
  onEnd(then: () => void): void;
  /** Cuts the connection, whatever runs on it. */
  cut(): void;
};

export type ConnectOptions = {
  user?: string;
  connectTimeoutMs?: number;
  signal?: AbortSignal | undefined;
};

/** A new connection over the guest's own socket, which only its account reaches, and with its password. */
export async function connect(place: Place, options: ConnectOptions = {}): Promise<Client> {
  return open({ path: place.socketFile }, { user: options.user ?? adminUser, password: () => readAdminPassword(place) }, options);
}

type Socket = { path: string } | { host: string; port: number; tls: true; ca: string; checkServerIdentity: () => undefined };
type Login = { user: string; password(): string };

/** The driver's client by itself: `createClient` first makes a class with a method for every command, anew for other options, in 100 ms. */
export async function open(socket: Socket, login: Login, options: Omit<ConnectOptions, 'user'>): Promise<Client> {
  const { signal } = options;
  signal?.throwIfAborted();
  const client = new RedisClient({ socket: { ...socket, reconnectStrategy: false }, disableClientInfo: true, RESP: 2 });
  // A later error rejects what is being asked instead of ending the process.
  client.on('error', () => {});
  try {
    const signIn = async () => {
      await client.connect();
      await client.sendCommand(['AUTH', login.user, login.password()]);
    };
    await withDeadline(signIn(), options.connectTimeoutMs ?? 5000, signal);
  } catch (error) {
    destroy(client);
    signal?.throwIfAborted();
    throw toEngineError(error);
  }
  let asked = 1;
  return {
    ask: (...words) => {
      asked += 1;
      return client.sendCommand<Reply>(words);
    },
    asked: () => asked,
    isOpen: () => client.isReady,
    onEnd: (then) => {
      client.once('error', then);
      client.once('end', then);
    },
    cut: () => destroy(client),
  };
}

/** Where commands find the monitor's connection: when tenants hold every other, the server lets nobody new in, not even us. */
export type Seat = { client: Client | null };

/** Runs `work` on a connection of its own, or on the monitor's when no other is to be had. Cancelling stops waiting. */
export async function withClient<T>(
  place: Place,
  seat: Seat,
  signal: AbortSignal | undefined,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  let own: Client | null = null;
  try {
    own = await connect(place, { signal }).catch((error: unknown) => {
      if (seat.client?.isOpen() && isFull(error)) return null;
      throw error;
    });
    const client = own ?? seat.client;
    if (client === null) throw new Error('The connection was lost.');
    return await withDeadline(work(client), 30_000, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw toEngineError(error);
  } finally {
    own?.cut();
  }
}

/** What an error says when the server took the connection, or was never heard, and then said nothing. */
export const noAnswer = 'No answer in time.';

/** The word an error of the server begins with, such as LOADING; null when the error is not the server's. */
export function errorWord(error: unknown): string | null {
  const cause = error instanceof GuestboardError ? error.cause : error;
  return cause instanceof ErrorReply ? (cause.message.split(' ')[0] ?? '') : null;
}

/** Loading its data, or without its source. */
const passing = ['LOADING', 'MASTERDOWN'];

/** The engine's own words, beside a sentence of ours. */
export function toEngineError(error: unknown): GuestboardError {
  if (error instanceof GuestboardError) return error;
  const detail = error instanceof Error ? error.message || String(('code' in error && error.code) || error.name) : String(error);
  const word = errorWord(error);
  if (word === 'BUSY')
    return new GuestboardError(
      'engine-unavailable',
      'A script keeps Redis busy, and it does nothing else meanwhile. Cancel the script among the connections, then try again.',
      { detail, cause: error },
    );
  return word !== null && !passing.includes(word) && !isFull(error)
    ? new GuestboardError('engine-error', 'Redis refused the command.', { detail, cause: error })
    : new GuestboardError('engine-unavailable', 'Redis does not take the connection.', { detail, cause: error });
}

/** A server that is full says so and closes the connection at once: often only the closing is heard. */
function isFull(error: unknown): boolean {
  const text = error instanceof GuestboardError ? error.detail : error instanceof Error ? error.message : '';
  return /max number of clients|EPIPE|ECONNRESET|Socket closed/.test(text ?? '');
}

export function readAdminPassword(place: Place): string {
  return readFileSync(place.adminPasswordFile, 'utf8').trim();
}

function destroy(client: { destroy(): void }): void {
  try {
    client.destroy();
  } catch {
    // Closed already.
  }
}

/** A server stopped by a signal takes the socket and never says a word. */
async function withDeadline<T>(work: Promise<T>, deadlineMs: number, signal?: AbortSignal): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new AbortController();
  const given = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(noAnswer)), deadlineMs);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([work, given]);
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}
