import { listWriters, listWritingFunctions } from './writing-functions.ts';

/** Owners of databases may make any schema: one of our name that a tenant made holds what a superuser would run, and is never used. */
const oursExists = `EXISTS (SELECT FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_authid o ON o.oid = n.nspowner
  WHERE n.nspname = 'guestboard' AND o.rolsuper)`;

/** In a query over pg_roles. */
export const isTenant = "NOT rolsuper AND rolname NOT LIKE 'guestboard\\_%' AND rolname NOT LIKE 'pg\\_%'";

/**
 * A limit of connections is what no tenant can raise. One who changes the own account meanwhile, as its password, holds it: those are ended,
 * here rather than from outside, since they may be back within milliseconds.
 */
export const closeLoginsSql = `
DO $body$
DECLARE tenant name;
BEGIN
  PERFORM set_config('lock_timeout', '100ms', true);
  FOR tenant IN SELECT rolname FROM pg_roles WHERE ${isTenant} AND rolcanlogin AND rolconnlimit <> 0 LOOP
    FOR tries IN 1..100 LOOP
      PERFORM pg_stat_clear_snapshot();
      PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND usename NOT LIKE 'guestboard\\_%';
      BEGIN
        EXECUTE format('ALTER ROLE %I CONNECTION LIMIT 0', tenant);
        EXIT;
      EXCEPTION
        WHEN undefined_object THEN EXIT;
        WHEN lock_not_available OR internal_error THEN IF tries = 100 THEN RAISE; END IF;
      END;
    END LOOP;
  END LOOP;
END $body$;`;

/** Per database: whoever is no superuser may from now on only drop. Function and trigger are a superuser's: no tenant can disable them. */
export const refuseGrowthSql = `
SET LOCAL search_path = pg_catalog;
DO $body$ BEGIN
  IF ${oursExists} THEN RETURN; END IF;
  IF pg_catalog.to_regnamespace('guestboard') IS NOT NULL THEN
    EXECUTE pg_catalog.format('ALTER SCHEMA guestboard RENAME TO %I', 'tenant_' || pg_catalog.gen_random_uuid()::text);
  END IF;
  CREATE SCHEMA guestboard;
END $body$;
REVOKE ALL ON SCHEMA guestboard FROM PUBLIC;
CREATE TABLE IF NOT EXISTS guestboard.withdrawn_rights (relation oid, attribute name, grantee oid, privilege text, grantable boolean);
CREATE OR REPLACE FUNCTION guestboard.refuse_growth() RETURNS event_trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $body$
BEGIN
  IF tg_tag LIKE 'DROP %' OR (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN RETURN; END IF;
  RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'the volume is full: ' || tg_tag || ' is refused',
    HINT = 'Delete, truncate or drop data, or enlarge the volume.';
END $body$;
DO $body$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE evtname = 'guestboard_volume_full') THEN
    CREATE EVENT TRIGGER guestboard_volume_full ON ddl_command_start EXECUTE FUNCTION guestboard.refuse_growth();
  END IF;
END $body$;`;

const tenantRelations = `
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname NOT IN ('information_schema', 'guestboard') AND n.nspname !~ '^pg_'`;

/** Per database: writes down who may insert and update, and takes it from them. A column's right goes with its table's. */
export const withdrawRightsSql = `
SET LOCAL search_path = pg_catalog;
DO $body$
DECLARE held record; functions record;
BEGIN
  CREATE TEMPORARY TABLE held_rights ON COMMIT DROP AS
    SELECT c.oid AS relation, NULL::name AS attribute, a.grantee, a.privilege_type AS privilege, a.is_grantable AS grantable
      ${tenantRelations.replace('FROM pg_class c', "FROM pg_class c CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a")}
      AND a.privilege_type IN ('INSERT', 'UPDATE')
    UNION ALL
    SELECT c.oid, t.attname, a.grantee, a.privilege_type, a.is_grantable
      ${tenantRelations.replace('FROM pg_class c', 'FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid AND t.attacl IS NOT NULL CROSS JOIN LATERAL aclexplode(t.attacl) a')}
      AND a.privilege_type IN ('INSERT', 'UPDATE');
  DELETE FROM held_rights WHERE grantee IN (SELECT oid FROM pg_authid WHERE rolsuper);
  INSERT INTO guestboard.withdrawn_rights SELECT * FROM held_rights;
  FOR held IN SELECT DISTINCT relation, grantee FROM held_rights LOOP
    EXECUTE format('REVOKE INSERT, UPDATE ON TABLE %s FROM %s CASCADE', held.relation::regclass,
      CASE WHEN held.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(held.grantee)) END);
  END LOOP;
  FOR functions IN ${listWritingFunctions} LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC, %s', functions.function, (${listWriters}));
  END LOOP;
END $body$;`;

/** Per database: everything back as it was; what was dropped meanwhile is forgotten. */
export const restoreRightsSql = `
SET LOCAL search_path = pg_catalog;
DO $body$
DECLARE held record; functions record;
BEGIN
  DROP EVENT TRIGGER IF EXISTS guestboard_volume_full;
  IF ${oursExists} AND to_regclass('guestboard.withdrawn_rights') IS NOT NULL THEN
    FOR held IN SELECT w.* FROM guestboard.withdrawn_rights w JOIN pg_class c ON c.oid = w.relation
      WHERE w.grantee = 0 OR w.grantee IN (SELECT oid FROM pg_authid) LOOP
      IF held.attribute IS NULL OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = held.relation AND attname = held.attribute AND NOT attisdropped) THEN
        EXECUTE format('GRANT %s%s ON TABLE %s TO %s%s', held.privilege, coalesce('(' || quote_ident(held.attribute) || ')', ''),
          held.relation::regclass, CASE WHEN held.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(held.grantee)) END,
          CASE WHEN held.grantable AND held.grantee <> 0 THEN ' WITH GRANT OPTION' ELSE '' END);
      END IF;
    END LOOP;
    DROP TABLE guestboard.withdrawn_rights;
    DROP FUNCTION IF EXISTS guestboard.refuse_growth();
  END IF;
  FOR functions IN ${listWritingFunctions} LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', functions.function, (${listWriters}));
  END LOOP;
END $body$;`;
