import { inProject, project } from './places.mjs';
import { run } from './run.mjs';
import { Refusal } from './say.mjs';

/** Brings the schema of `databaseUrl` to this version. Returns how it was found: `empty`, `behind` or `current`. */
export function migrate(databaseUrl) {
  return runMigrations(databaseUrl, []);
}

/** Looks only: whether this database was ever used. */
export async function hasRows(databaseUrl) {
  return (await runMigrations(databaseUrl, ['--inspect'])) !== 'empty';
}

async function runMigrations(databaseUrl, options) {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const { code, output } = await run(process.execPath, [inProject('scripts/migrate.mjs'), ...options], { cwd: project, env });
  if (code !== 0) throw new Refusal(output.trim());
  const found = JSON.parse(output.trim().split('\n').at(-1));
  if (found.state === 'newer') {
    throw new Refusal(
      `The database has the schema of a newer version of Guestboard (${found.unknown[0]}): start that version, or name another database or data folder.`,
    );
  }
  if (found.state === 'different') {
    throw new Refusal(
      `The database was made with another wording of the migration ${found.different[0]}: start the version that made it, or name another database or data folder.`,
    );
  }
  return found.state;
}
