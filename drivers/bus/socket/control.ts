import type { Namespace, Server, Socket } from 'socket.io';
import { Fault, GuestboardError, toError } from '#contract/errors.ts';
import { CommandReceipt } from '#contract/guest/commands.ts';
import type { AuthenticateGuest, ConnectedGuest, ControlBus, Presence } from '../bus.ts';
import { admitGuest } from './admission.ts';
import { type CallAnswer, type CallRequest, guestNamespace } from './wire.ts';

export type ControlBusOptions = {
  /** The server's own socket.io server; its adapter decides how far calls reach. Wants perMessageDeflate off and maxHttpBufferSize ≥ 1 MB. */
  io: Server;
  authenticate: AuthenticateGuest;
  now?: () => number;
};

/** The control plane's end over socket.io, namespace /guests, one room per guest. */
export function createControlBus({ io, authenticate, now = Date.now }: ControlBusOptions): ControlBus {
  const guests: Namespace = io.of(guestNamespace);
  const held = new Map<string, { socket: Socket; guest: ConnectedGuest }>();
  const reportCallbacks: ((guest: ConnectedGuest, report: unknown) => Promise<void>)[] = [];
  const presenceCallbacks: ((presence: Presence) => void)[] = [];
  const announce = (presence: Presence) => {
    for (const callback of presenceCallbacks) callback(presence);
  };

  guests.use(async (socket, next) => {
    const admitted = await admitGuest({ hello: socket.handshake.auth, address: socket.handshake.address, guests, authenticate, now });
    if ('refused' in admitted) return next(Object.assign(new Error(admitted.refused.sentence), { data: admitted.refused }));
    // Remote sockets' data crosses replicas: this is how another replica learns whose boot is newer.
    socket.data.guest = admitted.guest;
    next();
  });

  guests.on('connection', (socket) => {
    const guest = socket.data.guest as ConnectedGuest;
    const room = roomOf(guest.instanceId);
    held.set(guest.instanceId, { socket, guest });
    guests.in(room).except(socket.id).disconnectSockets(true);
    socket.join(room);
    socket.on('disconnect', () => {
      if (held.get(guest.instanceId)?.socket !== socket) return;
      held.delete(guest.instanceId);
      announce({ state: 'disconnected', guest });
    });
    socket.on('report', (report: unknown, acknowledge?: (known: boolean) => void) => {
      if (reportCallbacks.length === 0) return acknowledge?.(false);
      Promise.all(reportCallbacks.map((callback) => callback(guest, report))).then(
        () => acknowledge?.(true),
        () => acknowledge?.(false),
      );
    });
    announce({ state: 'connected', guest });
    socket.emit('welcome', { protocol: guest.protocol, serverMs: now() });
  });

  return {
    onReport: (callback) => reportCallbacks.push(callback),
    onPresence: (callback) => presenceCallbacks.push(callback),
    deliver: async (instanceId, delivery, timeoutMs) => {
      const receipt = CommandReceipt.safeParse(await ask(instanceId, 'deliver', delivery, timeoutMs));
      if (receipt.success) return receipt.data;
      throw new GuestboardError('internal', 'The agent answered a command in a way this server cannot read.');
    },
    call: async (instanceId, name, input, timeoutMs) => {
      const request: CallRequest = { name, input, deadlineMs: timeoutMs };
      const answer = (await ask(instanceId, 'call', request, timeoutMs)) as CallAnswer;
      if (answer.ok) return answer.output;
      const fault = Fault.safeParse(answer.fault);
      throw fault.success ? toError(fault.data) : new GuestboardError('internal', 'The agent met a fault this server cannot read.');
    },
    cancel: (instanceId, commandId) => guests.in(roomOf(instanceId)).emit('cancel', commandId),
    holds: (instanceId) => held.has(instanceId),
    connected: () => [...held.values()].map(({ guest }) => guest),
    disconnect: (instanceId) => guests.in(roomOf(instanceId)).disconnectSockets(true),
    async close() {
      presenceCallbacks.length = 0;
      reportCallbacks.length = 0;
      guests.local.disconnectSockets(true);
      guests.removeAllListeners('connection');
    },
  };

  async function ask(instanceId: string, event: 'deliver' | 'call', message: unknown, timeoutMs: number): Promise<unknown> {
    const here = held.get(instanceId);
    if (here) return askSocket(here.socket, event, message, timeoutMs);
    const answers = await guests
      .to(roomOf(instanceId))
      .timeout(timeoutMs)
      .emitWithAck(event, message)
      .catch((error: { responses?: unknown[] }) => {
        // One replica that died a moment ago never answers for its part; the guest's own answer counts all the same.
        if (error.responses?.[0] !== undefined) return error.responses;
        throw new GuestboardError('agent-timeout', `The agent did not answer within ${timeoutMs / 1000} s.`);
      });
    if (answers[0] === undefined) throw unreachable();
    return answers[0];
  }
}

async function askSocket(socket: Socket, event: string, message: unknown, timeoutMs: number): Promise<unknown> {
  let gone = () => {};
  const lost = new Promise<never>((_, reject) => {
    gone = () => reject(unreachable());
    socket.once('disconnect', gone);
  });
  try {
    return await Promise.race([socket.timeout(timeoutMs).emitWithAck(event, message), lost]);
  } catch (error) {
    if (error instanceof GuestboardError) throw error;
    throw new GuestboardError('agent-timeout', `The agent did not answer within ${timeoutMs / 1000} s.`);
  } finally {
    socket.off('disconnect', gone);
  }
}

function unreachable() {
  return new GuestboardError('agent-unreachable', 'The agent of this instance is not connected.');
}

function roomOf(instanceId: string) {
  return `guest:${instanceId}`;
}
