import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import type { Answers, CommandContext } from '#contract/guest/commands.ts';
import type { EngineHost } from '../../engine.ts';
import type { Server } from '../../engine-server.ts';
import { inClear } from '../../secrets-in-clear.ts';
import { type Access, copyingRules, readAccess, saveAccess, tellCarrier } from './access.ts';
import { type Client, type Seat, withClient } from './connections.ts';
import { bringAccounts } from './copied-accounts.ts';
import { forgetKept } from './increments.ts';
import { parseInfo } from './info.ts';
import { hashPassword } from './password-hash.ts';
import { carrierUser, type Place } from './place.ts';
import { renderConfiguration, replicationOptions, sourceOptions } from './render-configuration.ts';
import { changeSettings, getSettings, type Settings, type Source } from './settings.ts';
import { rememberSource } from './source-link.ts';

const unreachableMs = 30_000;

export function createReplication(place: Place, seat: Seat, server: Server, host: EngineHost): Answers<'replication'> {
  const ask = <T>(signal: AbortSignal, work: (client: Client) => Promise<T>) => withClient(place, seat, signal, work);
  /** What the file says and what the running server does are the same afterwards. */
  const change = async (signal: AbortSignal, changed: Partial<Pick<Settings, 'source' | 'fenced'>>) => {
    const settings = await changeSettings(place, changed);
    await renderConfiguration(place, settings);
    await ask(signal, (client) => setOptions(client, replicationOptions(settings)));
  };
  const changeReplicas = async (signal: AbortSignal, work: (replicas: Access['replicas']) => Access['replicas']) => {
    const before = await readAccess(place);
    const access = { ...before, replicas: work(before.replicas) };
    await ask(signal, async (client) => {
      await client.ask('PING');
      await saveAccess(place, access);
      for (const { user, hash } of access.replicas) await client.ask('ACL', 'SETUSER', user, 'reset', ...copyingRules(hash));
      const gone = before.replicas.filter(({ user }) => !access.replicas.some((replica) => replica.user === user));
      for (const { user } of gone) await client.ask('ACL', 'DELUSER', user);
      if (access.replicas.length === 0) await client.ask('ACL', 'DELUSER', carrierUser);
      await tellCarrier(client, access);
    });
    return {};
  };

  return {
    admitReplica: async ({ user, password, slot, cidr }, { signal }) => {
      assertCopyingAccount(user);
      const hash = hashPassword(inClear(password));
      await changeReplicas(signal, (replicas) => [...replicas.filter((replica) => replica.user !== user), { user, hash, cidr, slot }]);
      return { copyPort: null };
    },

    dismissReplica: async ({ slot }, { signal }) => {
      const withoutIt = (replicas: Access['replicas']) => replicas.filter((replica) => replica.slot !== slot);
      if (server.adopt() !== null) return changeReplicas(signal, withoutIt);
      // A source that cannot be started is told by the file that its next start reads.
      const access = await readAccess(place);
      await saveAccess(place, { ...access, replicas: withoutIt(access.replicas) });
      return {};
    },

    // As a source that demands more replicas than there are: the server itself then refuses every write, whoever asks and however.
    fence: async (_input, { signal }) => {
      await server.start(signal);
      await change(signal, { fenced: true });
      return { position: (await askPosition(place, seat, signal)).position };
    },

    unfence: async (_input, { signal }) => {
      if ((await getSettings(place)).fenced) await change(signal, { fenced: false });
      return {};
    },

    position: (_input, { signal }) => askPosition(place, seat, signal),

    promote: async ({ reach }, { signal, progress }) => {
      const { source } = await getSettings(place);
      // A source that is alive is fenced by now: no account changes there any more. One that is gone cannot be asked.
      if (source !== null) await bringAccounts(place, seat, source, signal).catch(() => signal.throwIfAborted());
      for (let now = await askPosition(place, seat, signal); now.inRecovery; now = await askPosition(place, seat, signal)) {
        const missing = reach === null ? 0 : toOffset(reach) - toOffset(now.position);
        if (missing <= 0 && (reach === null || isOfHistory(reach, now.position))) {
          await ask(signal, (client) => client.ask('REPLICAOF', 'NO', 'ONE'));
          continue;
        }
        progress({ done: 0, total: Math.max(0, missing), unit: 'bytes', detail: 'Catching up' });
        await sleep(50, undefined, { signal });
      }
      await change(signal, { source: null, fenced: false });
      await ask(signal, (client) => setOptions(client, { masteruser: '', masterauth: '' }));
      await rm(place.sourceSecretFile, { force: true });
      return { position: (await askPosition(place, seat, signal)).position };
    },

    follow: async ({ source: address }, context) => {
      const { signal } = context;
      const source = await rememberSource(place, address, signal);
      // What it is sent anew does not go on from what was archived.
      await forgetKept(place);
      await server.start(signal);
      const before = await askReplication(place, seat, signal);
      const settings = await changeSettings(place, { source, fenced: false });
      await renderConfiguration(place, settings);
      const options = await sourceOptions(place, settings);
      await ask(signal, async (client) => {
        await setOptions(client, options);
        await client.ask('REPLICAOF', source.host, String(source.port));
        await setOptions(client, replicationOptions(settings));
      });
      const after = await waitUntilCopied(place, seat, source, context);
      // Going on from its own data, it keeps the name of its history as the second.
      if (!after.history.includes(before.history[0] ?? '')) {
        host.event({
          code: 'replica-copied-afresh',
          tone: 'attention',
          sentence: 'This replica could not go on from its own data; it was copied from the source afresh.',
        });
      }
      return {};
    },
  };
}

/** Returns when the link stands, the copy is complete and its first file is written. */
export async function waitUntilCopied(place: Place, seat: Seat, source: Source, context: CommandContext): Promise<Replication> {
  const { signal, progress } = context;
  let downSinceMs = performance.now();
  for (;;) {
    const now = await askReplication(place, seat, signal);
    if (now.connected && !now.writing) {
      await bringAccounts(place, seat, source, signal);
      return now;
    }
    if (now.connected || now.copiedBytes !== null || now.loading) {
      downSinceMs = performance.now();
      progress({ done: Math.max(0, now.copiedBytes ?? 0), total: null, unit: 'bytes' });
    }
    if (performance.now() - downSinceMs > unreachableMs)
      throw new GuestboardError('engine-error', 'The replica does not reach its source. Read its log, and that of the source.');
    await sleep(50, undefined, { signal });
  }
}

type Replication = {
  isReplica: boolean;
  connected: boolean;
  /** Of a copy that is arriving; null when none is. */
  copiedBytes: number | null;
  loading: boolean;
  /** The append-only file of a fresh copy is being written. */
  writing: boolean;
  /** Names of the histories it can go on from, its own first. */
  history: readonly string[];
  offset: number;
};

async function askReplication(place: Place, seat: Seat, signal: AbortSignal): Promise<Replication> {
  const info = parseInfo(await withClient(place, seat, signal, async (client) => String(await client.ask('INFO'))));
  const number = (name: string) => Number(info.get(name) ?? 0);
  const isReplica = info.get('role') === 'slave';
  return {
    isReplica,
    connected: info.get('master_link_status') === 'up',
    copiedBytes: number('master_sync_in_progress') === 0 ? null : number('master_sync_read_bytes'),
    loading: number('loading') !== 0,
    writing: number('aof_rewrite_in_progress') + number('aof_rewrite_scheduled') > 0,
    history: [info.get('master_replid') ?? '', info.get('master_replid2') ?? ''],
    offset: number(isReplica ? 'slave_repl_offset' : 'master_repl_offset'),
  };
}

/** A position is the name of a history and how many bytes of it were written, or applied. */
async function askPosition(place: Place, seat: Seat, signal: AbortSignal): Promise<{ position: string; inRecovery: boolean }> {
  const { history, offset, isReplica } = await askReplication(place, seat, signal);
  return { position: `${history[0]}:${offset}`, inRecovery: isReplica };
}

function toOffset(position: string): number {
  return Number(position.split(':')[1] ?? 0);
}

function isOfHistory(one: string, other: string): boolean {
  return one.split(':')[0] === other.split(':')[0];
}

async function setOptions(client: Client, options: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(options)) await client.ask('CONFIG', 'SET', name, value);
}

/** Ours alone: a tenant's account must never be turned into one that may copy everything. */
function assertCopyingAccount(user: string): void {
  if (!/^guestboard_repl[a-z0-9_]*$/.test(user))
    throw new GuestboardError('invalid-input', 'A copying account’s name begins with guestboard_repl.', { field: 'user' });
}
