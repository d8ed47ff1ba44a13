import { GuestboardError } from '#contract/errors.ts';
import type { Server } from '../../engine-server.ts';
import { close, withClient } from './connections.ts';
import type { Place } from './place.ts';
import { connectSource, type SourceAddress } from './replica-seed.ts';
import { parsePosition } from './wal-position.ts';

/**
 * Whether everything this server ever wrote is also in the source's past, so that it may follow without a fresh copy.
 * A server that still takes writes has no last position: fence it first.
 */
export async function isHistoryShared(place: Place, server: Server, source: SourceAddress, signal: AbortSignal): Promise<boolean> {
  if (server.adopt() === null) return false;
  const own = await askOwnEnd(place, signal);
  if (own === null) return false;
  const client = await connectSource(source, signal);
  try {
    const { rows } = await client.query<{ systemid: string; timeline: number; xlogpos: string }>('IDENTIFY_SYSTEM');
    const [theirs] = rows;
    if (theirs === undefined) throw new GuestboardError('engine-error', 'The source does not say who it is.');
    if (theirs.systemid !== own.systemIdentifier) return false;
    if (Number(theirs.timeline) === own.timeline) return own.position <= parsePosition(theirs.xlogpos);
    if (Number(theirs.timeline) < own.timeline) return false;
    const history = await client.query<{ content: Buffer | string }>(`TIMELINE_HISTORY ${Number(theirs.timeline)}`);
    const left = findSwitch(String(history.rows[0]?.content ?? ''), own.timeline);
    return left !== null && own.position <= left;
  } finally {
    close(client);
  }
}

/** Where the source's history left a timeline: lines of timeline, position and reason. */
export function findSwitch(history: string, timeline: number): bigint | null {
  for (const line of history.split('\n')) {
    const [, from, position] = /^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/i.exec(line) ?? [];
    if (position !== undefined && Number(from) === timeline) return parsePosition(position);
  }
  return null;
}

type OwnEnd = { systemIdentifier: string; timeline: number; position: bigint };

async function askOwnEnd(place: Place, signal: AbortSignal): Promise<OwnEnd | null> {
  return withClient(place, { signal }, async (client) => {
    const { rows } = await client.query<{
      id: string;
      recovering: boolean;
      timeline: number;
      received: string | null;
      replayed: string | null;
    }>(
      `SELECT (SELECT system_identifier FROM pg_control_system())::text AS id, pg_is_in_recovery() AS recovering,
         greatest((SELECT min_recovery_end_timeline FROM pg_control_recovery()), (SELECT timeline_id FROM pg_control_checkpoint())) AS timeline,
         pg_last_wal_receive_lsn()::text AS received, pg_last_wal_replay_lsn()::text AS replayed`,
    );
    const [row] = rows;
    if (row === undefined || !row.recovering) return null;
    const ends = [row.received, row.replayed].filter((text) => text !== null).map(parsePosition);
    const position = ends.sort((left, right) => Number(right - left))[0] ?? 0n;
    return { systemIdentifier: row.id, timeline: row.timeline, position };
  });
}
