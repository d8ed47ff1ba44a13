import { createServer, type Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { Server, type ServerOptions } from 'socket.io';
import type { AuthenticateGuest, ControlBus } from '../bus.ts';
import { createControlBus } from './control.ts';

export type TestControlPlane = {
  control: ControlBus;
  port: number;
  /** Breaks every connection without a goodbye. */
  cut(): void;
  close(): Promise<void>;
};

/** The control plane's end of the bus on a port of its own, or on that of an earlier one. */
export async function startTestControlPlane(
  authenticate: AuthenticateGuest,
  port: number | null = null,
  options: Partial<ServerOptions> = {},
): Promise<TestControlPlane> {
  const http = createServer();
  const lines = new Set<Socket>();
  http.on('connection', (line) => {
    lines.add(line);
    line.on('close', () => lines.delete(line));
  });
  const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, ...options });
  const control = createControlBus({ io, authenticate });
  return {
    control,
    port: port === null ? await listenSomewhere(http) : await listen(http, port),
    cut() {
      for (const line of lines) line.destroy();
    },
    async close() {
      await control.close();
      await io.close();
    },
  };
}

/** A free port below the range from which the system takes ports for outgoing connections. */
async function listenSomewhere(http: HttpServer): Promise<number> {
  for (;;) {
    const port = await listen(http, 20_000 + Math.floor(Math.random() * 12_000)).catch(() => null);
    if (port !== null) return port;
  }
}

function listen(http: HttpServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, '127.0.0.1', () => resolve(port));
  });
}
