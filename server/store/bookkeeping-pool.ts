import { Socket } from 'node:net';
import { Pool } from 'pg';
import type { Log } from '../log.ts';

/** Connections for DBOS, which keeps what steps are done. Whoever opens it ends it. */
export function openBookkeepingPool(databaseUrl: string, log: Log): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    application_name: 'guestboard workflows',
    max: 8,
    idle_in_transaction_session_timeout: 60_000,
    stream: () => new PatientSocket(),
  });
  pool.on('error', (error) => log.warn({ error: error.message }, 'An idle connection to the control plane’s database was lost.'));
  return pool;
}

/**
 * DBOS waits out a connection that was reset, and takes one that was found closed in the middle of a write, which is the same a moment
 * later, for a fault of the step: the operation would fail because its bookkeeper was away.
 */
export class PatientSocket extends Socket {
  override _destroy(error: NodeJS.ErrnoException | null, done: (error?: Error | null) => void): void {
    if (error?.code === 'EPIPE') error.code = 'ECONNRESET';
    super._destroy(error, done);
  }
}
