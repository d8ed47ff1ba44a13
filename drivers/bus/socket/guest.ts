import { io } from 'socket.io-client';
import { Fault, toFault } from '#contract/errors.ts';
import { CommandDelivery } from '#contract/guest/commands.ts';
import type { GuestHello } from '#contract/guest/identity.ts';
import { mustArrive, type Report } from '#contract/guest/reports.ts';
import type { GuestBus, GuestHandlers, Welcome } from '../bus.ts';
import { type CallAnswer, type CallRequest, guestNamespace } from './wire.ts';

export type GuestBusOptions = {
  /** The control plane, as http(s)://host:port. */
  url: string;
  /** Asked anew at each connection. */
  hello(): GuestHello;
  /** How long the conductor may take to acknowledge before everything unacknowledged is sent again. */
  acknowledgeWithinMs?: number;
  /** First and longest pause between attempts; each is jittered by half. After a refusal always the longest. */
  retryMs?: { first: number; longest: number };
};

/** The guest's end over socket.io. Connects at once and for ever, until closed. */
export function connectGuestBus(options: GuestBusOptions): GuestBus {
  const { first, longest } = options.retryMs ?? { first: 200, longest: 2000 };
  const socket = io(`${options.url.replace(/\/$/, '')}${guestNamespace}`, {
    transports: ['websocket'],
    forceNew: true,
    auth: (give) => give(options.hello()),
    reconnectionDelay: first,
    reconnectionDelayMax: longest,
    randomizationFactor: 0.5,
    timeout: 5000,
  });
  const unacknowledged: Report[] = [];
  const callbacks = {
    connected: [] as ((welcome: Welcome) => void)[],
    acknowledged: [] as ((report: Report) => void)[],
    refused: [] as ((fault: Fault) => void)[],
  };
  let welcomed = false;
  let closed = false;
  let handlers: GuestHandlers | null = null;
  let beginServing = () => {};
  /** Whoever asks an agent that has just begun waits for it, rather than for an answer that nobody gives. */
  const serving = new Promise<void>((resolve) => {
    beginServing = resolve;
  });
  let retryTimer: NodeJS.Timeout | undefined;
  let resendTimer: NodeJS.Timeout | undefined;

  socket.on('welcome', (welcome: Welcome) => {
    welcomed = true;
    for (const callback of callbacks.connected) callback(welcome);
    for (const report of [...unacknowledged]) send(report);
  });
  socket.on('disconnect', (reason) => {
    welcomed = false;
    // Sent away by the control plane: socket.io would not come back by itself.
    if (reason === 'io server disconnect') retryLater();
  });
  socket.on('connect_error', (error) => {
    const fault = Fault.safeParse('data' in error ? error.data : undefined);
    if (fault.success) for (const callback of callbacks.refused) callback(fault.data);
    if (!socket.active) retryLater();
  });
  socket.on('deliver', async (input: unknown, answer: (receipt: unknown) => void) => {
    const delivery = CommandDelivery.safeParse(input);
    if (!delivery.success)
      return answer({ state: 'refused', code: 'invalid-input', sentence: 'The delivery cannot be read.', running: null });
    await serving;
    // A handler that fails has not answered: the control plane asks again.
    if (handlers) await handlers.deliver(delivery.data).then(answer, () => {});
  });
  socket.on('call', async (request: CallRequest, answer: (answer: CallAnswer) => void) => {
    await serving;
    if (!handlers) return;
    try {
      answer({ ok: true, output: await handlers.call(request.name, request.input, request.deadlineMs) });
    } catch (error) {
      answer({ ok: false, fault: toFault(error) });
    }
  });
  socket.on('cancel', (commandId: unknown) => handlers?.cancel(String(commandId)));

  return {
    cast(report) {
      if (!mustArrive(report)) {
        if (!welcomed) return false;
        socket.emit('report', report);
        return true;
      }
      unacknowledged.push(report);
      if (welcomed) send(report);
      return welcomed;
    },
    serve: (given) => {
      handlers = given;
      beginServing();
    },
    onConnected: (callback) => callbacks.connected.push(callback),
    onAcknowledged: (callback) => callbacks.acknowledged.push(callback),
    onRefused: (callback) => callbacks.refused.push(callback),
    isConnected: () => welcomed,
    async close() {
      closed = true;
      welcomed = false;
      clearTimeout(retryTimer);
      clearTimeout(resendTimer);
      socket.close();
    },
  };

  function send(report: Report) {
    socket.timeout(options.acknowledgeWithinMs ?? 5000).emit('report', report, (error: Error | null, known?: boolean) => {
      if (error === null && known === true) {
        const index = unacknowledged.indexOf(report);
        if (index < 0) return;
        unacknowledged.splice(index, 1);
        for (const callback of callbacks.acknowledged) callback(report);
      } else if (welcomed && !closed) {
        // Still connected: the conductor could not write it down. In order again, all that is waiting, a little later.
        resendTimer ??= setTimeout(() => {
          resendTimer = undefined;
          if (welcomed) for (const waiting of [...unacknowledged]) send(waiting);
        }, first * 5);
      }
    });
  }

  function retryLater() {
    clearTimeout(retryTimer);
    if (closed) return;
    retryTimer = setTimeout(() => socket.connect(), longest * (0.5 + Math.random()));
  }
}
