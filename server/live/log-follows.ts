import { GuestboardError, toFault } from '#contract/errors.ts';
import type { CommandInput, CommandOutput } from '#contract/guest/commands.ts';
import { LogFollowInput } from '#contract/live.ts';
import { explainDenial, may } from '#contract/may.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { LogLine } from '#contract/resources/log.ts';
import { toScope } from '../store/scope.ts';
import type { Store } from '../store/store.ts';
import { type LiveNamespace, type LiveSocket, toFollowRoom, toGuestFollowId } from './live-socket.ts';

type FollowCommand = 'logs.follow' | 'logs.unfollow';
export type FollowCalls = {
  query<N extends FollowCommand>(instanceId: string, name: N, input: CommandInput<N>, timeoutMs?: number): Promise<CommandOutput<N>>;
};
export type FollowedLines = { instanceId: string; followId: string; lines: LogLine[]; droppedLines: number };

const mostFollows = 8;

/** A page follows a log: the guest sends lines to the conductor, and they come to that one socket, on whichever replica it is. */
export function createLogFollows(namespace: LiveNamespace, store: Store, guests: FollowCalls) {
  function drop(socket: LiveSocket, followId: string) {
    const follow = socket.data.follows.get(followId);
    if (!follow) return;
    const guestFollowId = toGuestFollowId(socket.id, followId);
    socket.data.follows.delete(followId);
    socket.leave(toFollowRoom(follow.instanceId, guestFollowId));
    guests.query(follow.instanceId, 'logs.unfollow', { followId: guestFollowId }, 5000).catch(() => {});
  }

  /** With the rights that were looked up last: where they are looked at again meanwhile, so is the instance. */
  async function findReadable(socket: LiveSocket, instanceId: string): Promise<Instance> {
    for (;;) {
      const { looking } = socket.data;
      await looking;
      const { actor } = socket.data;
      const instance = actor && (await store.instances.find(toScope(actor), instanceId));
      if (looking !== socket.data.looking) continue;
      if (!socket.connected) throw new GuestboardError('not-signed-in', 'Sign in first.');
      if (!actor) throw new GuestboardError('internal', 'Your rights cannot be looked up just now. Try again in a moment.');
      if (!instance) throw new GuestboardError('not-found', 'The instance does not exist.');
      const denial = explainDenial(actor, 'log.read', instance);
      if (denial !== null) throw new GuestboardError('not-allowed', denial);
      return instance;
    }
  }

  async function follow(socket: LiveSocket, asked: unknown): Promise<void> {
    const { follows } = socket.data;
    const parsed = LogFollowInput.safeParse(asked);
    if (!parsed.success) throw new GuestboardError('invalid-input', 'A follow names an instance and a log.');
    const { followId, instanceId, name, after } = parsed.data;
    const instance = await findReadable(socket, instanceId);
    // A name used again for another instance would leave the first follow without anybody to end it.
    if (follows.has(followId) && follows.get(followId)?.instanceId !== instanceId) drop(socket, followId);
    if (!follows.has(followId) && follows.size >= mostFollows)
      throw new GuestboardError('refused', `A page follows at most ${mostFollows} logs at once.`);
    const guestFollowId = toGuestFollowId(socket.id, followId);
    follows.set(followId, { instanceId, projectId: instance.projectId });
    socket.join(toFollowRoom(instanceId, guestFollowId));
    await guests.query(instanceId, 'logs.follow', { followId: guestFollowId, name, ...(after === undefined ? {} : { after }) }, 5000);
  }

  return {
    attach: (socket: LiveSocket) => {
      socket.on('log.follow', (asked, answer) => {
        if (typeof answer !== 'function') return;
        follow(socket, asked).then(
          () => answer({ ok: true }),
          (error: unknown) => {
            const { code, sentence } = toFault(error);
            answer({ ok: false, problem: { type: `urn:guestboard:problem:${code}`, status: 0, title: sentence, code } });
          },
        );
      });
      socket.on('log.unfollow', (asked) => typeof asked?.followId === 'string' && drop(socket, asked.followId));
      socket.on('disconnect', () => {
        for (const followId of [...socket.data.follows.keys()]) drop(socket, followId);
      });
    },
    /** Ends the follows that the socket's actor may no longer have. */
    recheck: (socket: LiveSocket) => {
      for (const [followId, { projectId }] of socket.data.follows) {
        if (!may(socket.data.actor, 'log.read', { projectId })) drop(socket, followId);
      }
    },
    /** Lines from a guest that this replica holds. */
    take: ({ instanceId, followId, lines, droppedLines }: FollowedLines) => {
      const [socketId = '', ownId = ''] = splitOnce(followId);
      const room = toFollowRoom(instanceId, followId);
      const to = namespace.sockets.has(socketId) ? namespace.local.to(room) : namespace.to(room);
      to.emit('log.lines', { followId: ownId, lines, droppedLines });
    },
  };
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(':');
  return [text.slice(0, at), text.slice(at + 1)];
}
