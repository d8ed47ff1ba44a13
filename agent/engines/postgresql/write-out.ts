import { existsSync } from 'node:fs';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import type { CommandContext } from '#contract/guest/commands.ts';
import { feed, streamProgram } from '#drivers/process/stream-program.ts';
import { givePublic, withLentRights } from './lend-rights.ts';
import { adminRole, type Place } from './place.ts';

const programs = ['pg_dump', 'psql'] as const;

/** Which programs that write a database out and read it in are missing beside the server; the package that npm brings has none. */
export function listMissingPrograms(binFolder: string): string[] {
  return programs.filter((name) => !existsSync(path.join(binFolder, name)));
}

/**
 * Everything in one database, from one server into another by the older one's own programs: definitions, rows, then indexes, constraints and
 * triggers. All of it is made and written as its owners; what of a tenant's code that would run has been refused before (`own-code.ts`), since an
 * owner's place can be left again. What the system's own schema grants is left out: the functions there differ between versions.
 */
export async function copyDatabase(binFolder: string, from: Place, to: Place, database: string, context: CommandContext): Promise<void> {
  await givePublic(from, to, database, context.signal);
  await withLentRights(to, database, context.signal, async () => {
    for (const section of ['pre-data', 'data', 'post-data']) {
      const dump = ['--section', section, '--use-set-session-authorization', '--exclude-schema', 'pg_catalog', '--no-tablespaces'];
      await pipe(binFolder, dump, toEnvironment(from, database), toEnvironment(to, database), context);
    }
  });
}

async function pipe(
  binFolder: string,
  args: readonly string[],
  from: Record<string, string>,
  to: Record<string, string>,
  { signal, progress }: CommandContext,
): Promise<void> {
  const reader = streamProgram(path.join(binFolder, 'pg_dump'), args, { signal, env: from });
  const writer = streamProgram(path.join(binFolder, 'psql'), ['-X', '-q', '-v', 'ON_ERROR_STOP=1'], { signal, env: to });
  // What it answers to a SELECT is nobody's, but it must be taken: until then it has not ended.
  const answers = async () => {
    for await (const _ of writer.stdout);
  };
  let done = 0;
  const count = async function* () {
    for await (const chunk of reader.stdout) {
      done += (chunk as Buffer).length;
      progress({ done, total: null, unit: 'bytes', detail: from.PGDATABASE ?? '' });
      yield chunk as Buffer;
    }
    // A text that ends short is not whole: what is read in must not be taken for all of it.
    await reader.ended;
  };
  try {
    await Promise.all([feed(count(), writer.stdin), answers(), writer.ended]);
  } catch (error) {
    signal.throwIfAborted();
    const said = error instanceof GuestboardError ? error.detail : String(error);
    throw new GuestboardError('engine-error', `The database ${from.PGDATABASE} cannot be taken over as it is.`, { detail: said });
  } finally {
    reader.kill();
    writer.kill();
  }
}

/** The name of a database in an argument could be read as a whole connection string; what an owner has set for it is not for us. */
function toEnvironment({ run, port }: Place, database: string): Record<string, string> {
  const settings = {
    role: 'none',
    search_path: 'pg_catalog',
    default_transaction_read_only: 'off',
    default_transaction_isolation: 'read\\ committed',
    statement_timeout: '0',
    lock_timeout: '0',
    idle_in_transaction_session_timeout: '0',
    log_statement: 'none',
    log_min_duration_statement: '-1',
    log_min_error_statement: 'panic',
  };
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  return { PGHOST: run, PGPORT: String(port), PGUSER: adminRole, PGDATABASE: database, PGOPTIONS: options.join(' ') };
}
