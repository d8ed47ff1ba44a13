import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import type { Answers, CommandContext } from '#contract/guest/commands.ts';
import type { EngineHost } from '../../engine.ts';
import type { Server } from '../../engine-server.ts';
import { inClear } from '../../secrets-in-clear.ts';
import { syncFolder } from '../../write-file.ts';
import { endConnections } from './access.ts';
import { type Client, withClient } from './connections.ts';
import type { CopyServer } from './copy-server.ts';
import { copySource } from './copy-source.ts';
import { layFoundation } from './foundation.ts';
import { toHosts } from './hosts.ts';
import { hashPassword } from './password-hash.ts';
import type { Place } from './place.ts';
import { renderConfiguration } from './render-configuration.ts';
import { readReplicaStatus } from './replica-status.ts';
import { changeSettings, getSettings, type Settings } from './settings.ts';
import { goOnFromCopy, rememberSource, type SourceAddress, startFollowing, toSequence } from './source-link.ts';
import { quoteAccount, quoteText } from './sql.ts';

const followDeadlineMs = 15_000;

export function createReplication(place: Place, server: Server, copyServer: CopyServer, host: EngineHost): Answers<'replication'> {
  const ask = <T>(signal: AbortSignal, work: (client: Client) => Promise<T>) => withClient(place, { signal }, work);
  const remember = async (change: Partial<Settings>) => renderConfiguration(place, await changeSettings(place, change));
  /** Copying accounts are every server's own: no replica hears of them. */
  const unlogged = (signal: AbortSignal, work: (client: Client) => Promise<void>) =>
    ask(signal, async (client) => {
      await client.query('SET SESSION sql_log_bin = OFF');
      await work(client);
    });

  return {
    admitReplica: async ({ user, password, slot, cidr }, { signal }) => {
      assertCopyingAccount(user);
      await assertBinaryLog(place, signal);
      const hash = hashPassword(inClear(password));
      const { replicas } = await getSettings(place);
      await unlogged(signal, async (client) => {
        for (const to of toHosts([cidr])) {
          const account = quoteAccount({ user, host: to });
          await client.query(`CREATE USER IF NOT EXISTS ${account} IDENTIFIED VIA mysql_native_password USING ${quoteText(hash)}`);
          await client.query(`ALTER USER ${account} IDENTIFIED VIA mysql_native_password USING ${quoteText(hash)}`);
          await client.query(`GRANT REPLICATION SLAVE ON *.* TO ${account}`);
        }
      });
      await remember({ replicas: [...replicas.filter((replica) => replica.user !== user), { user, hash, cidr, slot }] });
      return { copyPort: await copyServer.open() };
    },

    dismissReplica: async ({ slot }, { signal }) => {
      const { replicas } = await getSettings(place);
      const gone = replicas.filter((replica) => replica.slot === slot);
      await unlogged(signal, async (client) => {
        for (const { user, cidr } of gone) {
          for (const to of toHosts([cidr])) await client.query(`DROP USER IF EXISTS ${quoteAccount({ user, host: to })}`);
          await client.query(`KILL HARD CONNECTION USER ${quoteText(user)}`).catch(() => {});
        }
      });
      await remember({ replicas: replicas.filter((replica) => replica.slot !== slot) });
      return {};
    },

    // No tenant has the right to write over read_only, nor to lift it.
    fence: async (_input, { signal }) => {
      await server.start(signal);
      await remember({ fenced: true });
      await ask(signal, async (client) => {
        // Whoever holds a lock would be waited for; whoever comes in between is shown out again.
        await endConnections(client);
        await client.query('SET GLOBAL read_only = ON');
        await endConnections(client);
      });
      return { position: (await askPosition(place, signal)).position };
    },

    unfence: async (_input, { signal }) => {
      const { fenced, source } = await getSettings(place);
      if (!fenced) return {};
      await remember({ fenced: false });
      if (source === null) await ask(signal, (client) => client.query('SET GLOBAL read_only = OFF'));
      return {};
    },

    position: (_input, { signal }) => askPosition(place, signal),

    promote: async ({ reach }, { signal, progress }) => {
      await applyAll(place, reach, signal, (missing) => progress({ done: 0, total: missing, unit: 'items', detail: 'Catching up' }));
      await ask(signal, async (client) => {
        await client.query('STOP SLAVE');
        await client.query('RESET SLAVE ALL');
        await client.query('SET GLOBAL innodb_strict_mode = ON');
      });
      await remember({ source: null, fenced: false });
      await rm(place.sourceSecretFile, { force: true });
      // What it writes must be numbered on from what it copied: without a transaction of its own yet, only a start tells it so.
      if ((await askBinlogPosition(place, signal)) === '') {
        await host.expectDown(async () => {
          await server.stop();
          await server.start(signal);
        });
      }
      await ask(signal, (client) => client.query('SET GLOBAL read_only = OFF'));
      await layFoundation(place, signal);
      await tellOfEvents(place, host, signal);
      return { position: (await askPosition(place, signal)).position };
    },

    follow: async ({ source: address }, context) => {
      const { signal } = context;
      const source = await rememberSource(place, address, signal);
      await takeBackReplaced(place);
      await server.start(signal);
      const wasReplica = (await askPosition(place, signal)).inRecovery;
      await remember({ source, fenced: false });
      await ask(signal, async (client) => {
        await client.query('SET GLOBAL read_only = ON');
        await endConnections(client);
        if (!wasReplica) await client.query('SET GLOBAL gtid_slave_pos = @@global.gtid_binlog_pos');
      });
      await startFollowing(place, source, signal);
      if (await isFollowing(place, signal)) return {};
      host.event({
        code: 'replica-copied-afresh',
        tone: 'attention',
        sentence: 'This replica cannot go on from its own data; it is copied from the source afresh.',
      });
      await copyAfresh(place, server, host, address, context);
      if (!(await isFollowing(place, signal)))
        throw new GuestboardError('engine-error', 'The replica does not reach its source. Read its log.');
      return {};
    },
  };
}

/** An exchange that was cut short between its two renames left both copies and no data. */
export async function takeBackReplaced(place: Place): Promise<void> {
  if (!existsSync(place.data) && existsSync(place.replaced)) await rename(place.replaced, place.data);
}

/** The old data stays until the new copy is whole; both are on the volume for that time. */
async function copyAfresh(place: Place, server: Server, host: EngineHost, address: SourceAddress, context: CommandContext): Promise<void> {
  const source = await copySource(place, address, place.making, context);
  await host.expectDown(async () => {
    await server.stop();
    await rm(place.replaced, { recursive: true, force: true });
    await rename(place.data, place.replaced);
    await rename(place.making, place.data);
    await syncFolder(place.conf);
    // Where the copy ends belongs to the copy: told before, the old data would go on from there with a hole.
    await renderConfiguration(place, await changeSettings(place, { source }));
    await rm(place.replaced, { recursive: true, force: true });
    await server.start(context.signal);
  });
  await layFoundation(place, context.signal);
  await goOnFromCopy(place, context.signal);
}

/** Everything up to there, or, without a goal, everything that has arrived. */
async function applyAll(place: Place, reach: string | null, signal: AbortSignal, tell: (missing: number) => void): Promise<void> {
  if (!(await askPosition(place, signal)).inRecovery) return;
  if (reach === null) await withClient(place, { signal }, (client) => client.query('STOP SLAVE IO_THREAD'));
  for (;;) {
    const status = await withClient(place, { signal }, readReplicaStatus);
    if (status === null) return;
    const missing = toSequence(reach ?? status.received) - toSequence(status.applied);
    if (missing <= 0) return;
    if (status.error !== null)
      throw new GuestboardError('engine-error', 'The replica cannot apply what it received.', { detail: status.error });
    tell(missing);
    await sleep(50, undefined, { signal });
  }
}

/** Whether copying and applying have really begun, within a quarter of a minute. */
async function isFollowing(place: Place, signal: AbortSignal): Promise<boolean> {
  const end = performance.now() + followDeadlineMs;
  let since: number | null = null;
  while (performance.now() < end) {
    const status = await withClient(place, { signal }, readReplicaStatus);
    if (status === null || status.error !== null) return false;
    // A history that differs is refused a moment after the connection stands.
    if (status.connected) since ??= performance.now();
    else since = null;
    if (since !== null && performance.now() - since > 300) return true;
    await sleep(50, undefined, { signal });
  }
  return false;
}

/** On a replica every event is disabled, and which of them ran at the source nobody knows any more. */
async function tellOfEvents(place: Place, host: EngineHost, signal: AbortSignal): Promise<void> {
  const rows = await withClient(place, { signal }, (client) =>
    client.query("SELECT 1 FROM information_schema.EVENTS WHERE STATUS = 'SLAVESIDE_DISABLED'"),
  );
  if (rows.length === 0) return;
  host.event({
    code: 'events-disabled',
    tone: 'attention',
    sentence: `Scheduled events came from the old source disabled: ${rows.length}. Enable those that should run with ALTER EVENT … ENABLE.`,
  });
}

async function askPosition(place: Place, signal: AbortSignal): Promise<{ position: string; inRecovery: boolean }> {
  const status = await withClient(place, { signal }, readReplicaStatus);
  return status === null
    ? { position: await askBinlogPosition(place, signal), inRecovery: false }
    : { position: status.applied, inRecovery: true };
}

async function askBinlogPosition(place: Place, signal: AbortSignal): Promise<string> {
  const [row] = await withClient(place, { signal }, (client) =>
    client.query<{ position: string }>('SELECT @@global.gtid_binlog_pos AS position'),
  );
  return row?.position ?? '';
}

async function assertBinaryLog(place: Place, signal: AbortSignal): Promise<void> {
  const [row] = await withClient(place, { signal }, (client) => client.query<{ on: number }>('SELECT @@global.log_bin AS `on`'));
  if (row?.on === 1) return;
  await renderConfiguration(place, await getSettings(place));
  throw new GuestboardError('refused', 'This instance was last started without a binary log. Restart it once, then make the replica.');
}

/** Ours alone: a tenant's account must never be turned into one that may copy everything. */
function assertCopyingAccount(user: string): void {
  if (!/^guestboard_repl[a-z0-9_]*$/.test(user))
    throw new GuestboardError('invalid-input', 'A copying account’s name begins with guestboard_repl.', { field: 'user' });
}
