import type { GrantLevel } from '../grants.ts';

/** Something a datastore can do here; an engine has exactly the groups its definition claims. */
export type Capability =
  | 'configuration'
  | 'accounts'
  | 'ownership'
  | 'extensions'
  | 'connections'
  | 'logs'
  | 'backup'
  | 'archive'
  | 'upgrade'
  | 'replication';

export type MetricDefinition = { key: string; title: string; unit: 'count' | 'per-second' | 'ratio' | 'bytes' | 'milliseconds' };

/**
 * Something the engine does now and then, by the metrics that tell when it last did, in milliseconds, and whether that failed, as 0 or 1. Where
 * neither is measured, it has not since the engine started, and `never` is said.
 */
export type OccasionDefinition = { title: string; ageKey: string; failedKey: string; never: string };

export type ParameterDefinition = {
  title: string;
  type: 'integer' | 'number' | 'boolean' | 'enum' | 'string';
  /** Unit the value is written in, as the engine spells it (kB, ms, 8kB), or none. */
  unit?: string;
  min?: number;
  max?: number;
  values?: readonly string[];
  needsRestart: boolean;
  /** What whoever sets it must know first, as a sentence. */
  warning?: string;
};

/**
 * A connection example. Placeholders are {host} {port} {database} {user} {password} {caFile}; after a bar come the encoders that make a
 * hostile name safe where it stands, applied left to right: {user|uri}, {database|conninfo|shell}. See snippet.ts.
 */
export type Snippet = { key: string; title: string; template: string };

/** A set of rights an engine has ready, where it has none for single databases. */
export type GrantPreset = { key: string; title: string; meaning: string };

/** Why a name inside this engine cannot be taken, as a sentence; null when it can. The general rules of names.ts hold before. */
export type NameRules = {
  refuseUser(name: string): string | null;
  refuseDatabase(name: string): string | null;
  /** Where grants are presets: what else may be one, such as a pattern of keys. */
  refuseGrant?(grant: string): string | null;
};

/** What is true of an engine wherever you stand. Versions are never listed here: the host says which it has. */
export type DatastoreDefinition = {
  title: string;
  /** Two letters for its small mark. */
  mark: string;
  defaultPort: number;
  /** Why one of its versions is never taken to another, as a sentence; null where that may be. Asked only for newer ones. */
  refuseUpgrade?(from: string, to: string): string | null;
  capabilities: readonly Capability[];
  names: NameRules;
  /** Its connections begin with TLS: one that ends before stands in its log as a warning. */
  speaksTlsFirst?: true;
  /** Databases come with the server and are numbered from 0: none is made or dropped. */
  numberedDatabases?: true;
  /**
   * Present where the engine knows no rights for single databases: a user's grants are then some of these. The first is what a user gets
   * unless somebody chooses.
   */
  presets?: readonly GrantPreset[];
  /** Accounts belong to the networks they may come from, and are copied with the data: a replica has those of its source. */
  accountsAtNetworks?: true;
  /** Where all data is held in memory: the share of a flavor's that it may take. */
  dataMemoryShare?: number;
  /** A backup may hold only what changed since another. */
  incrementalBackups?: true;
  /**
   * Present where the engine's log tells moments apart no finer than this. A moment asked for is then taken down to a whole one: what was
   * begun before it is there.
   */
  restoreGrainMs?: number;
  /** What a row of the list shows of it. */
  leadingMetric: MetricDefinition;
};

/** The rest of the definition, in a file of its own: long, and only the pages that measure, set parameters or connect need it. */
export type DatastoreDetails = {
  /** What is measured beside the leading metric, in the order of the charts. */
  metrics: readonly MetricDefinition[];
  /** What its names may look like, for whoever types one; left out, the general rules of names.ts are all. */
  nameHints?: { user?: string; database?: string };
  /** What the levels of a grant on a database mean, where there are such. */
  levels?: Readonly<Record<GrantLevel, string>>;
  /** Where rules in the engine's own words may stand beside presets: how they are typed, and which grant a typed word is. */
  rules?: { hint: string; toGrant(typed: string): string };
  parameters: Readonly<Record<string, ParameterDefinition>>;
  /** Told beneath the charts. */
  occasions?: readonly OccasionDefinition[];
  /** Shown on the connection card, in this order. */
  snippets: readonly Snippet[];
};

export type DetailedDatastore = DatastoreDefinition & DatastoreDetails;
