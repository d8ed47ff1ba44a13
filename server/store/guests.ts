import { createHash } from 'node:crypto';
import type pg from 'pg';
import { Id } from '#contract/names.ts';
import type { GuestFacts } from '#contract/status.ts';
import type { Changes } from './changes.ts';
import type { Database, Tx } from './database.ts';

/** A guest's newest beat as the conductor hands it over. `facts` only when they differ from what was last written. */
export type Beat = {
  instanceId: string;
  bootId: string;
  bootedAtMs: number;
  sequence: number;
  /** How long ago it was heard: times in the database are the database's own. */
  ageMs: number;
  facts: GuestFacts | null;
  /** A person would see a difference: raises the instance's revision and announces it. */
  isVisible: boolean;
};
export type Guests = ReturnType<typeof openGuests>;

const isNewer = `(b."bootedAtMs" > g."bootedAtMs" or (b."bootedAtMs" = g."bootedAtMs" and b."bootId" = g."bootId" and b.sequence > g.sequence)
  or g."bootId" is null)`;
const writeBeats = `
  with b as (select * from unnest($1::uuid[], $2::text[], $3::int8[], $4::int8[], $5::float8[], $6::jsonb[], $7::bool[])
    as b("instanceId", "bootId", "bootedAtMs", sequence, "ageMs", facts, visible))
  update guests g set "bootId" = b."bootId", "bootedAtMs" = b."bootedAtMs", sequence = b.sequence,
    "seenAt" = now() - b."ageMs" * interval '1 millisecond', silent = false, facts = coalesce(b.facts, g.facts)
  from b join guests old on old."instanceId" = b."instanceId"
  where g."instanceId" = b."instanceId" and ${isNewer}
  returning g."instanceId" as id, b.visible or old.silent as visible, old.silent as "wasSilent"`;
const raiseRevisions = `update instances set revision = revision + 1, "updatedAt" = now()
  where id = any($1::uuid[]) and "deletedAt" is null returning id, "projectId", revision::float8`;

/** What the conductor writes down about guests. */
export function openGuests(database: Database, changes: Changes) {
  const { pool, transactSql } = database;

  async function raise(client: pg.PoolClient, ids: readonly string[]): Promise<{ id: string; projectId: string }[]> {
    if (ids.length === 0) return [];
    const { rows } = await client.query<{ id: string; projectId: string; revision: number }>({
      name: 'raise',
      text: raiseRevisions,
      values: [ids],
    });
    await changes.announceSql(
      client,
      rows.map(({ id, ...row }) => ({ ...row, kind: 'instance' as const, resource: id })),
    );
    return rows;
  }

  return {
    /** One statement for all of them; older ones than what is stored change nothing. Returns those that had been silent. */
    writeBeats: (beats: readonly Beat[]): Promise<string[]> =>
      transactSql(async (client) => {
        // A lost second of beats costs nothing; waiting for the disk on each would cost most of the throughput.
        await client.query('set local synchronous_commit = off');
        const { rows } = await client.query<{ id: string; visible: boolean; wasSilent: boolean }>({
          name: 'beats',
          text: writeBeats,
          values: [
            beats.map((beat) => beat.instanceId),
            beats.map((beat) => beat.bootId),
            beats.map((beat) => beat.bootedAtMs),
            beats.map((beat) => beat.sequence),
            beats.map((beat) => beat.ageMs),
            beats.map((beat) => (beat.facts === null ? null : JSON.stringify(beat.facts))),
            beats.map((beat) => beat.isVisible),
          ],
        });
        await raise(
          client,
          rows.filter((row) => row.visible).map((row) => row.id),
        );
        return rows.filter((row) => row.wasSilent).map((row) => row.id);
      }),

    /** What an agent says of itself when it connects. */
    writePresence: async (
      instanceId: string,
      presence: { agentVersion: string; protocolVersion: number; clockSkewMs: number; heldBy: string },
    ): Promise<void> => {
      await pool.query(
        `update guests set "agentVersion" = $2, "protocolVersion" = $3, "clockSkewMs" = $4, "heldBy" = $5 where "instanceId" = $1`,
        [instanceId, presence.agentVersion, presence.protocolVersion, Math.round(presence.clockSkewMs), presence.heldBy],
      );
    },

    /** Marks those unseen for three of their intervals, announces them, and returns them. */
    sweepSilent: (): Promise<{ id: string; projectId: string; seenAt: Date }[]> =>
      transactSql(async (client) => {
        const found = await client.query<{ id: string; seenAt: Date }>({
          name: 'silent',
          text: `update guests set silent = true where not silent and "seenAt" < now() - 3 * "heartbeatIntervalMs" * interval '1 millisecond'
            and exists (select from instances i where i.id = "instanceId" and i."deletedAt" is null) returning "instanceId" as id, "seenAt"`,
        });
        const raised = await raise(
          client,
          found.rows.map((row) => row.id),
        );
        const seenAt = new Map(found.rows.map((row) => [row.id, row.seenAt]));
        return raised.map(({ id, projectId }) => ({ id, projectId, seenAt: seenAt.get(id) ?? new Date() }));
      }),

    /** Instances of a host whose agent has not been heard for so long; one never heard counts from when its instance last changed. */
    listUnheard: async (host: string, unseenMs: number): Promise<string[]> => {
      const { rows } = await pool.query<{ id: string }>({
        name: 'unheard',
        text: `select i.id from instances i join guests g on g."instanceId" = i.id
          where i."deletedAt" is null and i."tokenHash" is not null and i.host = $1
            and coalesce(g."seenAt", i."updatedAt") <= now() - $2 * interval '1 millisecond'`,
        values: [host, unseenMs],
      });
      return rows.map((row) => row.id);
    },

    /** Guests for which nothing runs on their host any more, whatever their agents said last: their databases are stopped. */
    writeStopped: (instanceIds: readonly string[]): Promise<number> =>
      transactSql(async (client) => {
        const stopped = { processState: 'stopped', acceptsLogins: false, acceptsWrites: false } satisfies Partial<GuestFacts>;
        const found = await client.query<{ id: string }>(
          `update guests set facts = facts || $2::jsonb where "instanceId" = any($1::uuid[]) and facts is not null
            and facts ->> 'processState' not in ('none', 'stopped', 'gave-up') returning "instanceId" as id`,
          [instanceIds, JSON.stringify(stopped)],
        );
        await raise(
          client,
          found.rows.map((row) => row.id),
        );
        return found.rows.length;
      }),

    setToken: async (tx: Tx, instanceId: string, token: string): Promise<void> => {
      await tx.instance.update({ where: { id: instanceId }, data: { tokenHash: hashToken(token) } });
    },
    /** From now on no agent of this instance is let in, nor started. */
    clearToken: async (instanceId: string): Promise<void> => {
      await pool.query('update instances set "tokenHash" = null where id = $1', [instanceId]);
    },
    /** The secret a replica copies with, made by `seal` the first time. */
    getReplicationSecret: (instanceId: string, seal: (tx: Tx) => Promise<string>): Promise<string> =>
      database.transact(async (tx) => {
        const rows = await tx.$queryRaw<{ secretId: string | null }[]>`
          select "replicationSecretId" as "secretId" from instances where id = ${instanceId}::uuid for update`;
        const known = rows[0]?.secretId ?? null;
        if (known !== null) return known;
        const secretId = await seal(tx);
        await tx.instance.update({ where: { id: instanceId }, data: { replicationSecretId: secretId } });
        return secretId;
      }),
    /** Whose token this is: null when the instance is gone or the token is another's. */
    authenticate: async (instanceId: string, token: string): Promise<boolean> => {
      if (!Id.safeParse(instanceId).success) return false;
      const { rowCount } = await pool.query({
        name: 'guest token',
        text: `select 1 from instances where id = $1 and "tokenHash" = $2 and "deletedAt" is null`,
        values: [instanceId, hashToken(token)],
      });
      return rowCount === 1;
    },
    readBoot: async (instanceId: string): Promise<{ bootId: string | null; bootedAtMs: number; sequence: number } | null> => {
      const { rows } = await pool.query<{ bootId: string | null; bootedAtMs: number; sequence: number }>(
        `select "bootId", "bootedAtMs"::float8, sequence::float8 from guests where "instanceId" = $1`,
        [instanceId],
      );
      return rows[0] ?? null;
    },
  };
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
