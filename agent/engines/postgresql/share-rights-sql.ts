import { listWritingFunctions } from './writing-functions.ts';

/**
 * Per database: what its readers and writers may do, on everything there is, and beforehand on everything that whoever may make things
 * will make. Repeatable. Runs nothing of a tenant's: names are quoted by the server, and only its own catalogue is searched.
 */
export function shareRightsSql({ owner, writer, reader }: Record<'owner' | 'writer' | 'reader', string>): string {
  return `
SET LOCAL search_path = pg_catalog;
DO $body$
DECLARE item record; kind record;
BEGIN
  FOR item IN SELECT nspname AS name FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'guestboard') LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO ${reader}', item.name);
    FOR kind IN SELECT * FROM ${kinds} LOOP
      EXECUTE format('GRANT SELECT ON ALL %s IN SCHEMA %I TO ${reader}', kind.name, item.name);
      EXECUTE format('GRANT %s ON ALL %s IN SCHEMA %I TO ${writer}', kind.writes, kind.name, item.name);
    END LOOP;
  END LOOP;
  FOR item IN SELECT DISTINCT r.rolname AS name FROM pg_roles r WHERE NOT r.rolsuper
    AND (r.rolname = '${owner}' OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid AND m.roleid = '${owner}'::regrole)
      OR EXISTS (SELECT FROM pg_database d WHERE d.datname = current_database() AND d.datdba = r.oid)) LOOP
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT USAGE ON SCHEMAS TO ${reader}', item.name);
    FOR kind IN SELECT * FROM ${kinds} LOOP
      EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT SELECT ON %s TO ${reader}', item.name, kind.name);
      EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT %s ON %s TO ${writer}', item.name, kind.writes, kind.name);
    END LOOP;
  END LOOP;
  -- Anybody may make large objects and WAL messages unless told otherwise: readers may not.
  FOR item IN ${listWritingFunctions} LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', item.function);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO ${owner}, ${writer}', item.function);
  END LOOP;
END $body$;`;
}

const kinds = `(VALUES ('TABLES', 'INSERT, UPDATE, DELETE'), ('SEQUENCES', 'USAGE, UPDATE')) AS kinds (name, writes)`;
