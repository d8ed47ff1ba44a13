const untrusted =
  'It lets functions run on the host with the rights of the engine itself: every tenant’s data and files would be in their reach.';
const files = 'It reads or writes files of the host, past every right inside the database.';
const network = 'It opens connections from the host to wherever a statement says, past the networks this instance is closed to.';
const pages = 'It shows or changes raw pages or WAL, past every right and with other databases’ rows in it.';
const preload = 'It works only when loaded as the server starts, which is not offered here.';

const reasons: Readonly<Record<string, string>> = {
  adminpack: files,
  file_fdw: files,
  xml2: 'It is given up by its makers: the engine has XML functions of its own.',
  dblink: network,
  http: network,
  pg_net: network,
  multicorn: untrusted,
  plsh: untrusted,
  pljava: untrusted,
  pljavau: untrusted,
  pg_background: 'It runs statements in processes that outlive a connection and are counted nowhere.',
  pg_cron: preload,
  pg_stat_statements: preload,
  pg_prewarm: 'Its worker is the whole server’s and writes a file into the data folder.',
  amcheck: 'Its functions are a superuser’s, and nobody here is one.',
  pageinspect: pages,
  pg_surgery: pages,
  pg_walinspect: pages,
  pg_logicalinspect: pages,
  old_snapshot: preload,
  earthdistance: 'It trusts whatever else lies in its schema, so that one user could run statements as another.',
};

const untrustedLanguage = /(^|_)(plpython[23]?u|plperlu|pltclu|plr|plv8u?)$/;

/** Beyond those the engine itself calls trusted: looked at, and found to reach nothing but the database they are in. */
const vetted: readonly string[] = [
  'autoinc',
  'bloom',
  'dict_xsyn',
  'insert_username',
  'intagg',
  'moddatetime',
  'pg_buffercache',
  'pg_freespacemap',
  'pg_visibility',
  'pgrowlocks',
  'pgstattuple',
  'sslinfo',
];

/** In every database from its beginning. */
export const builtIn: readonly string[] = ['plpgsql'];

/** Why a tenant cannot have an extension, as a sentence; null when it can. `anybody` as the engine says of who may create it. */
export function refuseExtension(name: string, anybody: boolean): string | null {
  const reason = Object.hasOwn(reasons, name) ? reasons[name] : undefined;
  if (reason !== undefined) return reason;
  if (untrustedLanguage.test(name)) return untrusted;
  if (name.endsWith('_fdw')) return network;
  if (anybody || vetted.includes(name)) return null;
  return 'The engine does not call it trusted, and nobody has looked at what it lets a tenant do.';
}
