import type { Server as HttpServer } from 'node:http';
import { createAdapter } from '@socket.io/postgres-adapter';
import { Server } from 'socket.io';
import type { Store } from '../store/store.ts';

/** The one socket.io server of this replica: browsers on /live, agents on /guests, joined to the other replicas through the database. */
export function createSocketServer(http: HttpServer, store: Store, onFault: (error: Error) => void): Server {
  return new Server(http, {
    path: '/socket.io',
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: 4_000_000,
    pingInterval: 5000,
    pingTimeout: 5000,
    // Other upgrades are the development server's, or destroyed by our own listener.
    destroyUpgrade: false,
    // NOTIFY carries less than 8000 bytes; the adapter puts more into a table.
    adapter: createAdapter(store.database.pool, { payloadThreshold: 7800, errorHandler: onFault }),
  });
}
