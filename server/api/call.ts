import type { api, EndpointBody, EndpointName, EndpointOutput, EndpointPath, EndpointQuery } from '#contract/api.ts';
import type { CommandInput, CommandName, CommandOutput } from '#contract/guest/commands.ts';
import type { Actor } from '#contract/may.ts';
import type { Backup } from '#contract/resources/backup.ts';
import type { BackupSchedule } from '#contract/resources/backup-schedule.ts';
import type { ConfigurationGroup } from '#contract/resources/configuration-group.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Operation } from '#contract/resources/operation.ts';
import type { ApiToken } from '#contract/resources/project.ts';
import type { StorageTarget } from '#contract/resources/storage-target.ts';
import type { DatastoreVersion, System } from '#contract/resources/system.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import type { KeyClaim } from '../store/idempotency.ts';
import type { Scope } from '../store/scope.ts';
import type { Store } from '../store/store.ts';

/** What a request is about, found in the actor's scope before anything else is looked at. */
export type AddressedBy = {
  none: null;
  'path-project': { projectId: string };
  'query-project': { projectId: string };
  'body-project': { projectId: string };
  instance: Instance;
  operation: Operation;
  backup: Backup;
  'backup-schedule': BackupSchedule;
  'configuration-group': ConfigurationGroup;
  'storage-target': StorageTarget;
  invitation: null;
};

type Asker<N extends EndpointName> = (typeof api)[N]['action'] extends null ? Actor | null : Actor;

/** One request as a handler sees it: who asks (may() has agreed), about what, with parsed input. */
export type Call<N extends EndpointName> = {
  actor: Asker<N>;
  scope: Scope;
  path: EndpointPath<N>;
  query: EndpointQuery<N>;
  body: EndpointBody<N>;
  addressed: AddressedBy[(typeof api)[N]['scope']];
  request: Request;
  /** The Idempotency-Key it holds: record what is started under it, in the transaction that starts it. */
  claim: KeyClaim | null;
};

/** Answers the endpoint's output, or a whole Response where it is not JSON. */
export type Handler<N extends EndpointName> = (call: Call<N>) => Promise<EndpointOutput<N> | Response>;

/** The handlers of some endpoints: one that is missing does not compile. */
export type SomeHandlers<Names extends EndpointName> = { [N in Names]: Handler<N> };

/** Asks guests. `query` reads; `act` changes, journaled by the agent. Both throw what the guest said, or that it is unreachable. */
export type GuestCalls = {
  query<N extends CommandName>(instanceId: string, name: N, input: CommandInput<N>, timeoutMs?: number): Promise<CommandOutput<N>>;
  act<N extends CommandName>(instanceId: string, name: N, input: CommandInput<N>, timeoutMs?: number): Promise<CommandOutput<N>>;
};

/** What handlers stand on; the composition root passes it in. */
export type ApiParts = {
  store: Store;
  guests: GuestCalls;
  identity: {
    createAccount(account: { username: string; name: string; password: string }): Promise<string>;
    createToken(accountId: string, name: string, expiresInDays: number): Promise<ApiToken>;
  };
  host: {
    name: string;
    listVersions(): Promise<DatastoreVersion[]>;
    /** Where the programs of a version lie; null where the host has none. */
    findPrograms(datastore: string, version: string): Promise<string | null>;
    describeSystem(): Promise<System>;
    /** Throws `conflict` while another renewal is under way. */
    renewRecoveryKey(): Promise<void>;
    /** The local directory of a project. */
    openLocalStorage(projectId: string): Promise<Storage>;
  };
  publicUrl: string;
};
