import { rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import type { Answers, CommandContext } from '#contract/guest/commands.ts';
import type { EngineHost } from '../../engine.ts';
import type { Server } from '../../engine-server.ts';
import { syncFolder, writeFile } from '../../write-file.ts';
import { type Client, withClient } from './connections.ts';
import { readControlFile } from './control-file.ts';
import { isHistoryShared } from './history.ts';
import type { Place } from './place.ts';
import { reload } from './reload.ts';
import { renderConfiguration } from './render-configuration.ts';
import { copySource, rememberSource, type SourceAddress } from './replica-seed.ts';
import { createVerifier } from './scram.ts';
import { changeSettings, getSettings } from './settings.ts';
import { quoteName, quoteText } from './sql.ts';
import { parsePosition } from './wal-position.ts';

const followDeadlineMs = 15_000;

export function createReplication(place: Place, server: Server, host: EngineHost): Answers<'replication'> {
  /** Restarts the server in between; the core takes the pause for what it is. */
  const whileDown = (signal: AbortSignal, change: () => Promise<void>) =>
    host.expectDown(async () => {
      await server.stop();
      await change();
      await server.start(signal);
    });

  return {
    admitReplica: async ({ user, password, slot, cidr }, { signal }) => {
      if (typeof password !== 'string') throw new GuestboardError('internal', 'The copying password did not arrive in the clear.');
      assertCopyingAccount(user);
      const verifier = await createVerifier(password);
      await withClient(place, { signal }, async (client) => {
        const known = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [user]);
        const verb = known.rows.length === 0 ? 'CREATE' : 'ALTER';
        await client.query(`${verb} ROLE ${quoteName(user)} LOGIN REPLICATION PASSWORD ${quoteText(verifier)}`);
        // Reserved from now on: what is written while the copy is made must still be there when it starts to follow.
        // A slot that fell too far behind is of no use to anybody: begin anew.
        await client.query(
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND wal_status = 'lost'",
          [slot],
        );
        if (!(await hasSlot(client, slot))) await client.query('SELECT pg_create_physical_replication_slot($1, true)', [slot]);
      });
      const { replicas } = await getSettings(place);
      const others = replicas.filter((replica) => replica.user !== user || replica.cidr !== cidr);
      await renderConfiguration(place, await changeSettings(place, { replicas: [...others, { user, cidr, slot }] }));
      await reload(place);
      return { copyPort: null };
    },

    dismissReplica: async ({ slot }, { signal }) => {
      await withClient(place, { signal }, async (client) => {
        for (let tries = 0; await hasSlot(client, slot); tries += 1) {
          if (tries === 100) throw new GuestboardError('engine-error', 'The replica’s slot stays in use.');
          await client.query('SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active', [slot]);
          await client
            .query('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1 AND NOT active', [slot])
            .catch(() => {});
          await sleep(50, undefined, { signal });
        }
      });
      await forgetCopyingAccounts(place, slot, signal);
      return {};
    },

    // Held as a standby without a source: the server itself refuses every write, whoever asks and however, and writes no record of its own
    // that a promoted replica would lack.
    fence: async (_input, { signal }) => {
      if (!(await isRecovering(place, signal)) || server.adopt() === null) {
        await whileDown(signal, async () => {
          await renderConfiguration(place, await changeSettings(place, { fenced: true, source: null }));
          await writeFile(place.standbySignal, '');
        });
      }
      return { position: (await askPosition(place, signal)).position };
    },

    unfence: async (_input, { signal }) => {
      const { fenced } = await getSettings(place);
      if (!fenced) return {};
      await whileDown(signal, async () => {
        await rm(place.standbySignal, { force: true });
        await syncFolder(place.data);
        await renderConfiguration(place, await changeSettings(place, { fenced: false }));
      });
      return {};
    },

    position: (_input, { signal }) => askPosition(place, signal),

    promote: async ({ reach }, { signal, progress }) => {
      for (let now = await askPosition(place, signal); now.inRecovery; now = await askPosition(place, signal)) {
        const missing = reach === null ? 0 : Number(parsePosition(reach) - parsePosition(now.position));
        if (missing <= 0) {
          await withClient(place, { statementTimeoutMs: 90_000, signal }, (client) => client.query('SELECT pg_promote(true, 60)'));
          break;
        }
        progress({ done: 0, total: missing, unit: 'bytes', detail: 'Catching up' });
        await sleep(50, undefined, { signal });
      }
      await renderConfiguration(place, await changeSettings(place, { source: null, fenced: false }));
      await rm(place.passFile, { force: true });
      await reload(place);
      const { position, inRecovery } = await askPosition(place, signal);
      if (inRecovery) throw new GuestboardError('engine-error', 'PostgreSQL did not end its recovery in time.');
      return { position };
    },

    follow: async ({ source }, context) => {
      const remembered = await rememberSource(place, source, context.signal);
      const shared = await isHistoryShared(place, server, source, context.signal);
      const settings = { source: remembered, fenced: false };
      if (shared) {
        await whileDown(context.signal, async () => {
          await writeFile(place.standbySignal, '');
          await renderConfiguration(place, await changeSettings(place, settings));
        });
        if (await isStreaming(place, context.signal)) return {};
      }
      host.event({
        code: 'replica-copied-afresh',
        tone: 'attention',
        sentence: 'This replica cannot go on from its own data; it is copied from the source afresh.',
      });
      await copyAfresh(place, source, context);
      await whileDown(context.signal, async () => {
        await renderConfiguration(place, await changeSettings(place, settings));
        await replaceData(place);
      });
      if (!(await isStreaming(place, context.signal)))
        throw new GuestboardError('engine-error', 'The replica does not reach its source. Read its log.');
      return {};
    },
  };
}

/** Whoever copied by this slot has no business here any more. A server that copies itself cannot drop accounts; it only lets nobody in. */
async function forgetCopyingAccounts(place: Place, slot: string, signal: AbortSignal): Promise<void> {
  const { replicas } = await getSettings(place);
  const kept = replicas.filter((replica) => replica.slot !== slot);
  if (kept.length === replicas.length) return;
  await renderConfiguration(place, await changeSettings(place, { replicas: kept }));
  await reload(place);
  if ((await askPosition(place, signal)).inRecovery) return;
  const gone = replicas.filter(({ user }) => !kept.some((replica) => replica.user === user));
  await withClient(place, { signal }, async (client) => {
    for (const { user } of gone) await client.query(`DROP ROLE IF EXISTS ${quoteName(user)}`);
  });
}

/** The old data stays until the new copy is whole; both are on the volume for that time. */
async function copyAfresh(place: Place, source: SourceAddress, context: CommandContext): Promise<void> {
  await rm(place.making, { recursive: true, force: true });
  await copySource(place, source, place.making, context);
}

async function replaceData(place: Place): Promise<void> {
  await rm(place.replaced, { recursive: true, force: true });
  await rename(place.data, place.replaced);
  await rename(place.making, place.data);
  await syncFolder(place.conf);
  await rm(place.replaced, { recursive: true, force: true });
}

async function askPosition(place: Place, signal: AbortSignal): Promise<{ position: string; inRecovery: boolean }> {
  return withClient(place, { signal }, async (client) => {
    const { rows } = await client.query<{ position: string; inRecovery: boolean }>(
      `SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END)::text AS position,
         pg_is_in_recovery() AS "inRecovery"`,
    );
    const [row] = rows;
    if (row === undefined) throw new GuestboardError('engine-error', 'PostgreSQL gave no position.');
    return row;
  });
}

async function isRecovering(place: Place, signal: AbortSignal): Promise<boolean> {
  if (readControlFile(place) === null) throw new GuestboardError('engine-unavailable', 'There is no data folder yet.');
  try {
    return (await askPosition(place, signal)).inRecovery;
  } catch (error) {
    if (error instanceof GuestboardError && error.code === 'engine-unavailable') return false;
    throw error;
  }
}

/** Whether the copying has really begun, within a quarter of a minute. */
async function isStreaming(place: Place, signal: AbortSignal): Promise<boolean> {
  const end = performance.now() + followDeadlineMs;
  while (performance.now() < end) {
    const streaming = await withClient(place, { signal }, async (client) => {
      const { rows } = await client.query("SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming'");
      return rows.length > 0;
    });
    if (streaming) return true;
    await sleep(100, undefined, { signal });
  }
  return false;
}

async function hasSlot(client: Client, slot: string): Promise<boolean> {
  return (await client.query('SELECT FROM pg_replication_slots WHERE slot_name = $1', [slot])).rows.length > 0;
}

/** Ours alone: a tenant's account must never be turned into one that may copy everything. */
function assertCopyingAccount(user: string): void {
  if (!/^guestboard_repl[a-z0-9_]*$/.test(user))
    throw new GuestboardError('invalid-input', 'A copying account’s name begins with guestboard_repl.', { field: 'user' });
}
