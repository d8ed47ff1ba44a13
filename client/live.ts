import type { QueryClient } from '@tanstack/react-query';
import type { Socket } from 'socket.io-client';
import type { BrowserToServer, LogBatch, ServerToBrowser } from '#contract/live.ts';
import { applyChanges } from './apply-changes.ts';
import type { Clock } from './clock.ts';
import type { Connection } from './connection.ts';
import { newKey } from './new-key.ts';
import type { Journal } from './newer.ts';
import { ApiProblem } from './problem.ts';
import type { Pulses } from './pulses.ts';

const pingEveryMs = 2000;
/** Nothing heard for this long is a lost connection, whatever the transport still believes. */
const deafAfterMs = 7000;
const renewFollowMs = 20_000;
/** An answer that takes longer must not make a living connection look dead. */
const catchUpMs = 1500;

/** Longer than a commit takes to be announced. */
const quietMarginMs = 2000;

type LiveSocket = Socket<ServerToBrowser, BrowserToServer>;
export type LogFollow = { instanceId: string; name: string; after?: string };
export type Live = {
  /** Opens the socket; answers how to close it. */
  connect(): () => void;
  /** Lines of a log as they are written, also across reconnects. Answers how to stop. */
  followLog(follow: LogFollow, onLines: (batch: LogBatch) => void, onProblem: (problem: ApiProblem) => void): () => void;
};
export type LiveParts = { queries: QueryClient; journal: Journal; pulses: Pulses; clock: Clock; connection: Connection };

/** The one owner of the browser's socket: events go to the query cache, pulses to their rows, the rest to the connection's state. */
export function createLive({ queries, journal, pulses, clock, connection }: LiveParts): Live {
  let socket: LiveSocket | null = null;
  let lastNumber: number | null = null;
  const follows = new Map<string, { follow: LogFollow; onLines: (batch: LogBatch) => void; onProblem: (problem: ApiProblem) => void }>();

  return {
    connect() {
      let opened: LiveSocket | null = null;
      let closed = false;
      // The socket's code comes after the page: nothing on the first screen needs it.
      const open = () =>
        import('socket.io-client').then(
          ({ io }) => {
            if (closed) return;
            opened = io('/live', { transports: ['websocket'], reconnectionDelay: 250, reconnectionDelayMax: 2000, forceNew: true });
            socket = opened;
            listen(opened);
          },
          () => closed || setTimeout(open, pingEveryMs),
        );
      void open();
      const beat = setInterval(() => opened !== null && ping(opened), pingEveryMs);
      const renew = setInterval(() => {
        for (const id of follows.keys()) askFollow(id);
      }, renewFollowMs);
      return () => {
        closed = true;
        clearInterval(beat);
        clearInterval(renew);
        opened?.disconnect();
        if (socket === opened) socket = null;
      };
    },
    followLog(follow, onLines, onProblem) {
      const followId = newKey();
      follows.set(followId, { follow, onLines, onProblem });
      if (socket?.connected) askFollow(followId);
      return () => {
        follows.delete(followId);
        socket?.emit('log.unfollow', { followId });
      };
    },
  };

  function listen(opened: LiveSocket) {
    opened.onAny(() => connection.heard());
    opened.on('connect', () => {
      lastNumber = null;
      connection.heard();
      for (const id of follows.keys()) askFollow(id);
      ping(opened);
    });
    opened.on('disconnect', (reason) => {
      connection.to('reconnecting');
      if (reason === 'io server disconnect') opened.connect();
    });
    opened.on('connect_error', (error: Error & { data?: { code?: string } }) => {
      if (error.data?.code === 'not-signed-in' || error.message === 'not-signed-in') connection.to('ended');
      else connection.to('reconnecting');
      if (!opened.active && connection.state.get().phase !== 'ended') setTimeout(() => opened.connect(), 2000);
    });
    opened.on('hello', ({ serverMs, quietMs }) => {
      clock.learn(serverMs);
      const isFirst = connection.state.get().phase === 'connecting';
      // Whatever happened before this moment may have been missed: unless nothing did, the page is live once it has asked again.
      if (isFirst && quietMs > performance.now() + quietMarginMs) connection.to('live');
      else void Promise.race([queries.invalidateQueries(), wait(catchUpMs)]).finally(() => opened.connected && connection.to('live'));
    });
    opened.on('changed', ({ number, changes }) => {
      const gap = lastNumber !== null && number !== lastNumber + 1;
      lastNumber = number;
      applyChanges(queries, journal, changes);
      for (const change of changes) if (change.kind === 'removed' && change.resource === 'instance') pulses.forget(change.id);
      if (gap) void queries.invalidateQueries();
    });
    opened.on('pulses', ({ serverMs, pulses: batch }) => {
      clock.learn(serverMs);
      pulses.put(batch);
    });
    opened.on('log.lines', (batch) => follows.get(batch.followId)?.onLines(batch));
    opened.on('access.changed', () => void queries.resetQueries());
    opened.on('access.ended', () => {
      connection.to('ended');
      opened.disconnect();
    });
  }

  function ping(opened: LiveSocket) {
    if (!opened.connected) return;
    const heard = connection.lastHeardMs();
    if (heard !== null && Date.now() - heard > deafAfterMs) {
      connection.to('reconnecting');
      opened.disconnect().connect();
      return;
    }
    const asked = Date.now();
    opened.volatile.emit('ping', (serverMs) => {
      connection.heard();
      clock.learn(serverMs, Date.now() - asked);
    });
  }

  function askFollow(followId: string) {
    const entry = follows.get(followId);
    if (entry === undefined || !socket?.connected) return;
    socket.emit('log.follow', { followId, ...entry.follow }, (result) => {
      if (!result.ok) entry.onProblem(new ApiProblem(result.problem));
    });
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
