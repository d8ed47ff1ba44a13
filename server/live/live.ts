import type { Server } from 'socket.io';
import { GuestboardError } from '#contract/errors.ts';
import type { Actor } from '#contract/may.ts';
import { checkOrigin } from '../identity/origin.ts';
import type { ChangeTail } from '../store/changes.ts';
import type { Store } from '../store/store.ts';
import { createChangeFeed } from './changed.ts';
import { everythingRoom, type LiveNamespace, type LiveSocket, type LocatedPulse, toProjectRoom } from './live-socket.ts';
import { createLogFollows, type FollowCalls, type FollowedLines } from './log-follows.ts';
import { createPulseFeed } from './pulse-feed.ts';

export type LiveOptions = {
  io: Server;
  store: Store;
  tail: ChangeTail;
  authenticate(headers: Headers): Promise<Actor | null>;
  trustedOrigins: ReadonlySet<string>;
  guests: FollowCalls;
  replicaId: string;
  version: string;
  onFault(error: unknown): void;
};
export type Live = { pulse(pulse: LocatedPulse): void; logLines(lines: FollowedLines): void; countSockets(): number; close(): void };

/** Sessions run out without an announcement; every socket is looked at again this often. */
const recheckMs = 30_000;
const againMs = 1000;

/** Browsers on /live: what was committed, signs of life, followed logs – to those who may see it, for as long as they may. */
export function createLive({ io, store, tail, authenticate, trustedOrigins, guests, replicaId, version, onFault }: LiveOptions): Live {
  const namespace: LiveNamespace = io.of('/live');
  const changes = createChangeFeed(store, namespace, onFault);
  const pulses = createPulseFeed(namespace);
  const follows = createLogFollows(namespace, store, guests);
  let heardAtMs = performance.now();

  namespace.use(async (socket, next) => {
    try {
      const headers = toHeaders(socket);
      checkOrigin(headers, trustedOrigins);
      const actor = await authenticate(headers);
      if (!actor) return next(new Error('not-signed-in'));
      Object.assign(socket.data, { actor, accountId: actor.accountId, number: 0, looking: Promise.resolve(), follows: new Map() });
      next();
    } catch (error) {
      next(error instanceof GuestboardError ? error : new Error('unavailable'));
    }
  });

  namespace.on('connection', (socket) => {
    enterRooms(socket);
    follows.attach(socket);
    socket.on('ping', (answer) => typeof answer === 'function' && answer(Date.now()));
    socket.emit('hello', { serverMs: Date.now(), quietMs: tail.isConnected() ? performance.now() - heardAtMs : 0, replicaId, version });
    // Rights may have changed between the handshake and this moment, when the socket was in no list yet.
    recheck(socket, false);
  });

  function recheck(socket: LiveSocket, isTold: boolean): void {
    const looking: Promise<void> = look(socket, isTold, () => socket.data.looking === looking);
    socket.data.looking = looking;
  }

  /** Quiet until the rights are known again, then in the rooms they open, or gone. */
  async function look(socket: LiveSocket, isTold: boolean, isNewest: () => boolean): Promise<void> {
    const before = socket.data.actor;
    if (isTold) {
      socket.data.actor = null;
      leaveRooms(socket);
    }
    const actor = await authenticate(toHeaders(socket)).catch((error: unknown) => {
      onFault(error);
      return 'unknown' as const;
    });
    if (!isNewest()) return;
    if (actor === 'unknown') {
      // The store is away: quiet until it can be asked again.
      if (isTold) setTimeout(() => socket.connected && recheck(socket, true), againMs).unref();
      return;
    }
    if (!actor) {
      socket.data.actor = null;
      follows.recheck(socket);
      socket.emit('access.ended');
      socket.disconnect(true);
      return;
    }
    socket.data.actor = actor;
    enterRooms(socket);
    follows.recheck(socket);
    if (isTold || JSON.stringify(before) !== JSON.stringify(actor)) socket.emit('access.changed');
  }

  function recheckAccount(accountId: string) {
    for (const socket of namespace.sockets.values()) if (socket.data.accountId === accountId) recheck(socket, true);
  }

  const unsubscribe = tail.subscribe({
    onChange: (change) => {
      if (change.kind !== 'command' && change.kind !== 'guest') heardAtMs = performance.now();
      if (change.kind === 'access') recheckAccount(change.resource);
      else changes.take(change);
    },
    onResync: () => {
      heardAtMs = performance.now();
      changes.interrupt();
      for (const socket of namespace.sockets.values()) recheck(socket, true);
    },
  });
  const rechecking = setInterval(() => {
    for (const socket of namespace.sockets.values()) recheck(socket, false);
  }, recheckMs);
  rechecking.unref();

  return {
    pulse: pulses.take,
    logLines: follows.take,
    countSockets: () => namespace.sockets.size,
    close: () => {
      unsubscribe();
      clearInterval(rechecking);
      changes.close();
      pulses.close();
      namespace.local.disconnectSockets(true);
    },
  };
}

function enterRooms(socket: LiveSocket) {
  const { actor } = socket.data;
  leaveRooms(socket);
  if (actor?.operator) socket.join(everythingRoom);
  else for (const { projectId } of actor?.memberships ?? []) socket.join(toProjectRoom(projectId));
}

function leaveRooms(socket: LiveSocket) {
  for (const room of socket.rooms) if (room === everythingRoom || room.startsWith(toProjectRoom(''))) socket.leave(room);
}

function toHeaders(socket: LiveSocket): Headers {
  const headers = new Headers();
  for (const name of ['origin', 'cookie', 'authorization', 'x-api-key']) {
    const value = socket.handshake.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  return headers;
}
