import { type Client, inTransaction } from './connections.ts';
import { adminRole } from './place.ts';
import { quoteName, quoteText } from './sql.ts';

/** What belongs to no single database: accounts with their passwords, who is a member of whom, databases and their rights, settings. */
export type ClusterWide = { roles: Role[]; members: Member[]; databases: ClusterDatabase[]; settings: Setting[] };
type Role = { name: string; words: string[]; limit: number; password: string | null; until: string | null; comment: string | null };
type Member = { role: string; member: string; admin: boolean; inherit: boolean | null; set: boolean | null };
type Right = { privilege: string; grantee: string | null; grantable: boolean };
type Setting = { database: string | null; role: string | null; values: string[] };
export type ClusterDatabase = {
  /** Kept: the roles of a database carry it in their names. */
  oid: number;
  name: string;
  owner: string;
  encoding: string;
  provider: 'c' | 'i' | 'b';
  collate: string;
  ctype: string;
  locale: string | null;
  isTemplate: boolean;
  takesConnections: boolean;
  limit: number;
  comment: string | null;
  rights: Right[];
};

const ownNames = ['postgres', 'template1'];

export async function readClusterWide(client: Client): Promise<ClusterWide> {
  const ask = async <T extends object>(text: string) => (await client.query<T>(text)).rows;
  return {
    roles: await ask<Role>(`
      SELECT rolname AS name, rolconnlimit AS limit, rolpassword AS password, rolvaliduntil::text AS until,
        shobj_description(oid, 'pg_authid') AS comment,
        ARRAY[CASE WHEN rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END, CASE WHEN rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END,
          CASE WHEN rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END, CASE WHEN rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END,
          CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END, CASE WHEN rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END,
          CASE WHEN rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END] AS words
      FROM pg_authid WHERE rolname !~ '^pg_' AND rolname <> '${adminRole}' ORDER BY rolname`),
    members: await ask<Member>(`
      SELECT pg_get_userbyid(m.roleid) AS role, pg_get_userbyid(m.member) AS member, bool_or(m.admin_option) AS admin,
        bool_or((to_jsonb(m)->>'inherit_option')::boolean) AS inherit, bool_or((to_jsonb(m)->>'set_option')::boolean) AS set
      FROM pg_auth_members m WHERE pg_get_userbyid(m.member) !~ '^pg_' GROUP BY 1, 2 ORDER BY 1, 2`),
    databases: await ask<ClusterDatabase>(`
      SELECT oid::int8::int AS oid, datname AS name, pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding,
        datlocprovider::text AS provider, datcollate AS collate, datctype AS ctype,
        coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale') AS locale, datistemplate AS "isTemplate",
        datallowconn AS "takesConnections", datconnlimit AS limit, shobj_description(oid, 'pg_database') AS comment,
        (SELECT coalesce(json_agg(json_build_object('privilege', a.privilege_type, 'grantable', a.is_grantable,
            'grantee', CASE WHEN a.grantee <> 0 THEN pg_get_userbyid(a.grantee) END) ORDER BY a.privilege_type, a.grantee = 0, pg_get_userbyid(a.grantee)), '[]'::json)
          FROM aclexplode(coalesce(datacl, acldefault('d', datdba))) a) AS rights
      FROM pg_database d WHERE datname <> 'template0' AND datconnlimit <> -2 ORDER BY datname`),
    settings: await ask<Setting>(`
      SELECT d.datname AS database, r.rolname AS role, s.setconfig AS values FROM pg_db_role_setting s
        LEFT JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole ORDER BY 1, 2`),
  };
}

/** Databases with something of a tenant's in them. */
export function listFilled({ databases }: ClusterWide): string[] {
  return databases.map(({ name }) => name).filter((name) => name !== 'template1');
}

/** Accounts and empty databases, each of these with its number, its owner and its rights. */
export async function makeClusterWide(client: Client, { roles, members, databases }: ClusterWide): Promise<void> {
  for (const { name, words, limit, password, until, comment } of roles) {
    const secret = password === null ? '' : ` PASSWORD ${quoteText(password)}`;
    const valid = until === null ? '' : ` VALID UNTIL ${quoteText(until)}`;
    await client.query(`CREATE ROLE ${quoteName(name)} ${words.join(' ')} CONNECTION LIMIT ${limit}${secret}${valid}`);
    if (comment !== null) await client.query(`COMMENT ON ROLE ${quoteName(name)} IS ${quoteText(comment)}`);
  }
  for (const { role, member, admin, inherit, set } of members) {
    const options = [...(admin ? ['ADMIN TRUE'] : []), ...(inherit === null ? [] : [`INHERIT ${inherit}`, `SET ${set}`])];
    const how = inherit === null ? (admin ? ' WITH ADMIN OPTION' : '') : ` WITH ${options.join(', ')}`;
    await client.query(`GRANT ${quoteName(role)} TO ${quoteName(member)}${how}`);
  }
  for (const database of databases) {
    if (!ownNames.includes(database.name)) await client.query(createSql(database));
    const on = `DATABASE ${quoteName(database.name)}`;
    await client.query(`ALTER ${on} OWNER TO ${quoteName(database.owner)}`);
    await client.query(`REVOKE ALL ON ${on} FROM PUBLIC, ${quoteName(database.owner)}`);
    for (const { privilege, grantee, grantable } of database.rights) {
      const to = grantee === null ? 'PUBLIC' : quoteName(grantee);
      await client.query(`GRANT ${privilege} ON ${on} TO ${to}${grantable && grantee !== database.owner ? ' WITH GRANT OPTION' : ''}`);
    }
  }
}

/** What would stand in the way of filling them: settings, limits, and whether they take connections at all. */
export async function finishClusterWide(client: Client, { databases, settings }: ClusterWide): Promise<void> {
  for (const { name, limit, isTemplate, comment } of databases) {
    const on = `DATABASE ${quoteName(name)}`;
    if (!ownNames.includes(name)) await client.query(`ALTER ${on} WITH CONNECTION LIMIT ${limit} IS_TEMPLATE ${isTemplate}`);
    await client.query(`COMMENT ON ${on} IS ${comment === null ? 'NULL' : quoteText(comment)}`);
  }
  for (const setting of settings)
    for (const value of setting.values) {
      const at = value.indexOf('=');
      await keepSetting(client, setting, value.slice(0, at), value.slice(at + 1));
    }
}

/** What must be the same in both, however each version writes it down. */
export function toComparable({ roles, members, databases, settings }: ClusterWide) {
  return {
    roles,
    members: members.map(({ role, member, admin }) => ({ role, member, admin })),
    databases: databases.map(({ oid, provider, collate, ctype, locale, ...rest }) =>
      ownNames.includes(rest.name) ? rest : { ...rest, oid, provider, collate, ctype, locale },
    ),
    settings: settings.map(({ values, ...rest }) => ({ ...rest, values: [...values].sort() })),
  };
}

function createSql({ oid, name, encoding, provider, collate, ctype, locale }: ClusterDatabase): string {
  const own = {
    c: '',
    i: ` LOCALE_PROVIDER icu ICU_LOCALE ${quoteText(locale ?? '')}`,
    b: ` LOCALE_PROVIDER builtin BUILTIN_LOCALE ${quoteText(locale ?? '')}`,
  };
  const libc = `LC_COLLATE ${quoteText(collate)} LC_CTYPE ${quoteText(ctype)}`;
  return `CREATE DATABASE ${quoteName(name)} WITH TEMPLATE template0 OID ${oid} ENCODING ${quoteText(encoding)} ${provider === 'c' ? 'LOCALE_PROVIDER libc' : ''}${own[provider]} ${libc}`;
}

/** Their values are lists that are written down as they stand; any other value is one text. */
const lists = ['search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries'];

async function keepSetting(client: Client, { database, role }: Setting, name: string, value: string): Promise<void> {
  const of = role === null ? (database === null ? 'ROLE ALL' : `DATABASE ${quoteName(database)}`) : `ROLE ${quoteName(role)}`;
  const within = role !== null && database !== null ? ` IN DATABASE ${quoteName(database)}` : '';
  const set = `ALTER ${of}${within} SET ${name.split('.').map(quoteName).join('.')}`;
  if (!lists.includes(name.toLowerCase())) return void (await client.query(`${set} TO ${quoteText(value)}`));
  await inTransaction(client, async () => {
    await client.query('SELECT pg_catalog.set_config($1, $2, true)', [name, value]);
    await client.query(`${set} FROM CURRENT`);
  });
}
