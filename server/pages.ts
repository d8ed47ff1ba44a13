import type { Server } from 'node:http';
import next from 'next';
import type { Config } from './config.ts';
import type { Doors } from './http-server.ts';

/** Next serves pages and nothing else. In production they were built before; in development they are compiled as they are asked for. */
export async function createPages(
  config: Config,
  http: Server,
): Promise<Pick<Doors, 'pages' | 'upgradePages'> & { close(): Promise<void> }> {
  const { isDevelopment: dev, port, host: hostname, folder: dir } = config;
  const app = next({ dev, dir, port, hostname, httpServer: http });
  await app.prepare();
  const handle = app.getRequestHandler();
  const upgrade = app.getUpgradeHandler();
  return {
    pages: (request, response) => void handle(request, response),
    upgradePages: dev ? (request, socket, head) => void upgrade(request, socket, head) : null,
    close: () => app.close(),
  };
}
