import path from 'node:path';
import { inProject, project } from './places.mjs';
import { Refusal } from './say.mjs';

/** What the launcher itself reads from the environment; the server reads the rest. The table is in the README. */
export function readSettings(env = process.env) {
  const port = Number(env.GUESTBOARD_PORT ?? 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Refusal(`GUESTBOARD_PORT is "${env.GUESTBOARD_PORT}": it must be a number from 1 to 65535.`);
  const asked = env.GUESTBOARD_DATA ? path.resolve(project, env.GUESTBOARD_DATA) : inProject('var');
  return {
    port,
    host: env.GUESTBOARD_HOST ?? '127.0.0.1',
    data: asked,
    databaseUrl: env.DATABASE_URL || undefined,
    keyFile: env.GUESTBOARD_KEY_FILE ? path.resolve(project, env.GUESTBOARD_KEY_FILE) : undefined,
    isTls: Boolean(env.GUESTBOARD_TLS_CERT),
    isRoot: process.getuid() === 0,
  };
}
