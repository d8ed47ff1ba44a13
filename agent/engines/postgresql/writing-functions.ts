/** Functions that write without a table of the tenant's: large objects, and messages in the WAL. */
export const listWritingFunctions = `
  SELECT p.oid::regprocedure AS function FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
    AND p.proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lowrite', 'lo_truncate', 'lo_truncate64', 'pg_logical_emit_message')`;

/** Whose they are inside the database it is asked in: everybody's, or where it has readers, only those of its other groups. */
export const listWriters = `
  SELECT coalesce(
    (SELECT string_agg(quote_ident(g.rolname), ', ') FROM pg_roles g, pg_database d WHERE d.datname = current_database()
      AND g.rolname IN ('guestboard_owner_' || d.oid, 'guestboard_writer_' || d.oid)
      AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname = 'guestboard_reader_' || d.oid)), 'PUBLIC')`;
