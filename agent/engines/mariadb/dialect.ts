import type { DatastoreDetails, NameRules } from '#contract/datastores/datastore.ts';
import type { ParsedLine } from '../../engine.ts';
import type { Sizes } from './sizing.ts';

/** What the installation of a new data folder is told. */
export type Installation = {
  binFolder: string;
  prefix: string;
  folder: string;
  tmp: string;
  noFiles: string;
  /** Who is let in over the socket without a password: the guest's own system account. */
  administrator: string;
  /** A file for the first statements, where the server reads them from one. */
  statementsFile: string;
};
/** One program to its end; `statements` lie in the installation's file before it starts. */
export type InstallStep = { command: string; args: readonly string[]; statements?: readonly string[] };

/**
 * What differs between the servers that this engine drives: each file of `dialects/` says all of it for one, and nothing else of the
 * engine asks which server it has. What only one of them does here is composed by its entry point: `index.ts` for MariaDB's copies, log and
 * replicas, `mysql.ts` for MySQL's clone. Texts of SQL answer the columns named beside them.
 */
export type Dialect = {
  datastore: 'mariadb' | 'mysql';
  /** As in a sentence. */
  title: string;
  /** File name of the server's program. */
  program: string;
  /** The group of the option file that it reads, and where that has another word than the variable. */
  optionGroup: string;
  fileNames: Readonly<Record<string, string>>;
  names: NameRules;
  details: Pick<DatastoreDetails, 'parameters'>;
  install(at: Installation, sizes: Sizes): readonly InstallStep[];
  /** Makes a copied folder this guest's, whose administrator had another name; null where that is the copying program's business. */
  takeOver: ((at: Installation, earlier: string) => readonly InstallStep[]) | null;
  /** Files beside the socket that a server which died leaves, and that would keep the next from starting. */
  staleFiles(socketFile: string): readonly string[];
  /** Options that nobody chooses, beside those that all dialects have. */
  fixedOptions(place: { authorityFile: string; systemSpace: string }): Readonly<Record<string, string>>;
  /** What a parameter that nobody set is, where the server's own would be another. */
  defaults: Readonly<Record<string, string>>;
  toSizeOptions(sizes: Sizes): Readonly<Record<string, string>>;
  /** Whether changes are written to a binary log, which replicas and archives read. */
  binaryLog: boolean;
  /** Makes a database take changes again that its users had closed against them; null where they cannot. */
  openToChanges: ((quotedName: string) => string) | null;
  /** Assignments for our own sessions: quiet in every log, and each statement within its time. */
  sessionOptions(statementTimeoutMs: number): readonly string[];
  /** Numbers of errors that pass by themselves: shutting down, killed, too many connections. */
  passingErrors: readonly number[];

  accounts: {
    /** A table with User and Host of every account. */
    table: string;
    /** Accounts of the server's own at localhost, all of them locked. */
    serversOwn: readonly string[];
    /** Of `table`: user, host, hash, locked (0 or 1), connectionLimit (0 for none). */
    columns: string;
    /** What stands behind CREATE USER or ALTER USER for a hash, already quoted. */
    identifiedAs(quotedHash: string): string;
    hash(password: string): string;
    isHashOf(hash: string, password: string): boolean;
    /** How rights are taken that may not be held. */
    revoke: string;
    /** Rights in a database that only this server knows; all of them let a volume grow. */
    moreRights: readonly string[];
  };
  connections: {
    /** id, queryId, user, database, address, command, quietMs, doing, statement, transactionMs, waitsForRow. */
    list: string;
    /** waiter, holder: ids of connections. */
    waits: string;
    /** id of every tenant's connection; more conditions on USER may follow. */
    ofTenants: string;
    end(id: number): string;
    cancel(connection: { id: number; queryId: number }): string;
  };
  look: {
    /** name, value: rows of the counters named, in capitals. */
    counters(names: readonly string[]): string;
    /** How a replica tells how it stands; null where there are none. */
    replicaStatus: string | null;
    /** A table with NAME and MODIFIED_COUNTER of every table, named `database/table`. */
    tableChanges: string;
    /** bytes: what the tenants' tables take. */
    dataBytes: string;
  };
  /** name, min, max, block: the server's own bounds of its parameters. */
  variables: string;
  reloadTls: string;
  logs: { parseError(line: string): ParsedLine; parseSlow(line: string): ParsedLine; parseGeneral(line: string): ParsedLine };
};
