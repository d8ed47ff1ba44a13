import { isDeepStrictEqual } from 'node:util';
import { GuestboardError } from '#contract/errors.ts';
import type { Answers, CommandContext, CommandInput } from '#contract/guest/commands.ts';
import { prepareReplacement, type Replaced } from '../../backup/replace.ts';
import type { EngineHost } from '../../engine.ts';
import type { Server } from '../../engine-server.ts';
import { assertRoomForSecond, fillSecond } from '../../second-copy.ts';
import { syncFileSystem } from '../../sync-file-system.ts';
import { finishClusterWide, listFilled, makeClusterWide, readClusterWide, toComparable } from './cluster-wide.ts';
import { withClient } from './connections.ts';
import { listDatabaseRows } from './databases.ts';
import { shareRights } from './groups.ts';
import { createCluster } from './initialise.ts';
import { assertNoOwnCode } from './own-code.ts';
import { createPlace, type Place } from './place.ts';
import { type PrivateServer, startPrivate } from './private-server.ts';
import { listOffered, makeExtensions, readContents, readNeeds } from './upgrade-contents.ts';
import { copyDatabase, listMissingPrograms } from './write-out.ts';

type Target = Pick<CommandInput<'upgrade.build'>, 'version' | 'binFolder'>;

/** Numbers of sockets that no guest has: beside the guest's own, and nobody's but the agent's. */
const ports = { old: 1, new: 2 } as const;

/**
 * The new version's data is made by writing everything out of the old one, with the old one's programs: none that would convert a folder
 * comes with every server. The old data is read, never changed; tenants are away meanwhile, so that nothing they write is left behind.
 */
export function createUpgrade(place: Place, server: Server, host: EngineHost, replaced: Replaced): Answers<'upgrade'> {
  return {
    examine: async ({ binFolder }, { signal }) => {
      const [needs, offered] = [await readNeeds(place, signal), listOffered(binFolder)];
      await assertNoOwnCode(place, needs.open, signal);
      return {
        missingPrograms: listMissingPrograms(host.identity.binFolder),
        missingExtensions: offered === null ? [] : needs.extensions.filter(({ name }) => !offered.includes(name)),
        closedDatabases: needs.closed,
      };
    },
    build: async ({ purpose, ...target }, context) => {
      await prepareReplacement(replaced, purpose, context, async (folder) => {
        await assertRoomForSecond(replaced.data);
        const next = toNext(host, target, folder);
        await fillSecond(async () => {
          await createCluster(next, folder, context.signal);
          await host.expectDown(() => build(place, next, server, host, context));
          await syncFileSystem(folder, context.signal);
        });
      });
      return {};
    },
  };
}

/** The place of the same guest as the other version will see it, its data where it is being made. */
function toNext(host: EngineHost, { version, binFolder }: Target, data: string): Place {
  const next = createPlace({ ...host.identity, version, binFolder, port: ports.new });
  return { ...next, data, pidFile: `${data}/postmaster.pid`, controlFile: `${data}/global/pg_control` };
}

async function build(place: Place, next: Place, server: Server, host: EngineHost, context: CommandContext): Promise<void> {
  const { signal } = context;
  await server.stop();
  const running: PrivateServer[] = [];
  try {
    const old = await startPrivate({ ...place, port: ports.old }, { config_file: place.configFile }, signal);
    running.push(old);
    const fresh = await startPrivate(next, whileFilled(place), signal);
    running.push(fresh);
    await assertTaken(old.place, next, signal);
    await copyAll(host.identity.binFolder, old.place, next, context);
    await assertSame(old.place, next, signal);
  } finally {
    for (const one of running.reverse()) await one.stop();
  }
}

/** As nobody but us is there, and a folder that is not complete is thrown away after a power cut, nothing is synced on the way. */
function whileFilled({ hbaFile, identFile }: Place): Record<string, string> {
  return {
    hba_file: hbaFile,
    ident_file: identFile,
    fsync: 'off',
    full_page_writes: 'off',
    synchronous_commit: 'off',
    // Two servers share the memory of one for a while.
    shared_buffers: '64MB',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '2GB',
    autovacuum: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    lc_messages: 'C',
    log_min_error_statement: 'panic',
  };
}

/** Asked of the server itself: what its folder seems to hold may not be all there is. */
async function assertTaken(old: Place, next: Place, signal: AbortSignal): Promise<void> {
  const needs = await readNeeds(old, signal);
  await assertNoOwnCode(old, needs.open, signal);
  const { rows } = await withClient(next, { signal }, (client) =>
    client.query<{ name: string }>('SELECT name FROM pg_available_extensions'),
  );
  const missing = needs.extensions.find(({ name }) => !rows.some((row) => row.name === name));
  if (missing !== undefined)
    throw new GuestboardError(
      'refused',
      `PostgreSQL ${next.majorVersion} has no extension ${missing.name}, which ${missing.database} uses. Drop it first.`,
    );
  const [closed] = needs.closed;
  if (closed !== undefined)
    throw new GuestboardError('refused', `The database ${closed} takes no connections, so it cannot be read. Open it or drop it first.`);
}

async function copyAll(binFolder: string, old: Place, next: Place, context: CommandContext): Promise<void> {
  const { signal } = context;
  const long = { statementTimeoutMs: 0, signal };
  const wide = await withClient(old, long, readClusterWide);
  await withClient(next, long, (client) => makeClusterWide(client, wide));
  for (const database of listFilled(wide)) {
    await makeExtensions(old, next, database, signal);
    await copyDatabase(binFolder, old, next, database, context);
  }
  await withClient(next, long, async (client) => {
    for (const database of await listDatabaseRows(client)) await shareRights(next, client, database);
    await finishClusterWide(client, wide);
  });
  // Without it the first statements of every client would be planned blindly.
  for (const database of listFilled(wide)) await withClient(next, { ...long, database }, (client) => client.query('ANALYZE'));
}

/** What was copied is what is there: accounts, rights and settings to the letter, rows by their number, sequences by their value. */
async function assertSame(old: Place, next: Place, signal: AbortSignal): Promise<void> {
  const wide = (place: Place) => withClient(place, { statementTimeoutMs: 0, signal }, readClusterWide);
  const [before, after] = [await wide(old), await wide(next)];
  const [left, right] = [toComparable(before), toComparable(after)];
  for (const key of Object.keys(left) as (keyof typeof left)[])
    if (!isDeepStrictEqual(left[key], right[key])) throw differing(`its ${key}`, JSON.stringify({ before: left[key], after: right[key] }));
  for (const database of listFilled(before)) {
    const [one, other] = await Promise.all([readContents(old, database, signal), readContents(next, database, signal)]);
    const name = Object.keys({ ...one, ...other }).find((key) => one[key] !== other[key]);
    if (name !== undefined)
      throw differing(`${name} in ${database}`, `${one[name] ?? 'nothing'} before, ${other[name] ?? 'nothing'} after`);
  }
}

function differing(what: string, detail: string): GuestboardError {
  // Passwords' verifiers are among what is compared.
  return new GuestboardError('engine-error', `The new version differs from the old in ${what}.`, {
    detail: detail.replaceAll(/SCRAM-SHA-256[^"]*|md5[0-9a-f]{32}/g, '…').slice(0, 2000),
  });
}
