import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { GuestboardError } from '#contract/errors.ts';
import type { Answers } from '#contract/guest/commands.ts';
import { run } from '#drivers/process/run.ts';
import { streamProgram } from '#drivers/process/stream-program.ts';
import { prepareReplacement, type Replaced } from '../../backup/replace.ts';
import type { EngineHost } from '../../engine.ts';
import type { Server } from '../../engine-server.ts';
import { assertRoomForSecond, copyStopped, fillSecond } from '../../second-copy.ts';
import { syncFileSystem } from '../../sync-file-system.ts';
import type { Client } from './connections.ts';
import { forgetSource } from './copier.ts';
import { readLastWords } from './logs.ts';
import { adminUser, createPlace, type Place } from './place.ts';
import { connectWhenUp, privateArguments } from './replay.ts';

const dayMs = 24 * 3_600_000;

/**
 * The new version's server takes the files of the old as they are, and its own program brings the tables about accounts and routines up to
 * date: on a copy, with nobody else there. Accounts, rights and tables must be the same afterwards.
 */
export function createUpgrade(place: Place, server: Server, host: EngineHost, replaced: Replaced): Answers<'upgrade'> {
  return {
    examine: async () => ({ missingPrograms: [], missingExtensions: [], closedDatabases: [] }),
    build: async ({ purpose, version, binFolder }, context) => {
      const { signal } = context;
      const next = createPlace({ ...host.identity, version, binFolder });
      assertUpgrader(next);
      await prepareReplacement(replaced, purpose, context, async (folder) => {
        await assertRoomForSecond(place.data);
        await host.expectDown(() => server.stop());
        await fillSecond(async () => {
          await copyStopped(place.data, folder, signal);
          await beginAnew(folder);
          await convert(next, folder, signal);
          await syncFileSystem(folder, signal);
        });
      });
      return {};
    },
  };
}

function toUpgrader({ prefix }: Place): string {
  return path.join(prefix, 'bin', 'mariadb-upgrade');
}

function assertUpgrader(next: Place): void {
  if (!existsSync(toUpgrader(next)))
    throw new GuestboardError(
      'engine-unavailable',
      'MariaDB’s upgrading program is missing on this host. Install the package mariadb-client-core.',
      {
        detail: toUpgrader(next),
      },
    );
}

/** A log of its own, and a course of positions of its own: what adds to copies and archives of before does not add to this. */
async function beginAnew(folder: string): Promise<void> {
  await forgetSource(folder);
  for (const name of readdirSync(folder)) if (name.startsWith('binlog.')) await rm(path.join(folder, name));
}

async function convert(next: Place, folder: string, signal: AbortSignal): Promise<void> {
  await mkdir(next.replaying, { recursive: true, mode: 0o700 });
  await rm(next.replaySocketFile, { force: true });
  const sinceMs = Date.now();
  const program = streamProgram(next.serverProgram, [...privateArguments(next, folder), `--basedir=${next.prefix}`], {
    signal,
    cwd: folder,
    env: { TZ: 'UTC', UMASK: '0600', UMASK_DIR: '0700' },
  });
  program.stdin.end();
  program.stdout.resume();
  try {
    const client = await connectWhenUp(next, program, signal);
    try {
      const before = await listHeld(client);
      await bringUpToDate(next, signal);
      await client.query('FLUSH PRIVILEGES');
      const after = await listHeld(client);
      for (const what of ['accounts', 'rights', 'tables', 'routines'] as const)
        if (!isDeepStrictEqual(before[what], after[what]))
          throw new GuestboardError('engine-error', `The new version differs from the old in its ${what}.`);
      await client.query("SET GLOBAL gtid_slave_pos = ''");
      await client.query('SHUTDOWN');
    } finally {
      client.cut();
    }
    await program.ended;
  } catch (error) {
    // Why it went is in its log, not in what a program that is started prints.
    if (signal.aborted || !(error instanceof GuestboardError) || !error.message.includes(' ended ')) throw error;
    const sentence = `The new version does not take the data: ${error.message}`;
    throw new GuestboardError(error.code, sentence, { detail: readLastWords(next, sinceMs), cause: error });
  } finally {
    program.kill();
    await program.ended.catch(() => {});
    await rm(next.replaying, { recursive: true, force: true });
  }
}

async function bringUpToDate(next: Place, signal: AbortSignal): Promise<void> {
  const { code, stdout, stderr } = await run(
    toUpgrader(next),
    ['--no-defaults', '--force', '--skip-ssl', `--socket=${next.replaySocketFile}`, `--user=${adminUser()}`],
    { deadlineMs: dayMs, cwd: next.conf, signal },
  );
  if (code !== 0)
    throw new GuestboardError('engine-error', 'The data could not be brought up to the new version.', {
      detail: `${stdout}\n${stderr}`.slice(-2000),
    });
}

/** What tenants have, in words that no version changes. */
async function listHeld(client: Client) {
  const mine = "NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')";
  const { table, columns } = client.dialect.accounts;
  return {
    accounts: await client.query(`SELECT ${columns} FROM ${table} WHERE User NOT IN ('mariadb.sys', 'PUBLIC', '') ORDER BY User, Host`),
    rights: await client.query(
      'SELECT User, Host, Db, Select_priv, Insert_priv, Delete_priv, Create_priv, Drop_priv, Trigger_priv FROM mysql.db ORDER BY User, Host, Db',
    ),
    tables: await client.query(
      `SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA ${mine} ORDER BY 1, 2`,
    ),
    routines: await client.query(
      `SELECT ROUTINE_SCHEMA, ROUTINE_NAME, ROUTINE_TYPE, MD5(ROUTINE_DEFINITION) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA ${mine} ORDER BY 1, 2, 3`,
    ),
  };
}
