import * as z from 'zod';
import { DatastoreName } from '../datastores/index.ts';
import { Id } from '../names.ts';

/** Versions of the guest protocol this code speaks, newest first. Both ends pick the newest they share. */
export const protocolVersions = [1] as const;

/** What a guest is born knowing: written once by the compute driver into identity.json (0600, the instance's account). */
export const GuestIdentity = z.object({
  instanceId: Id,
  projectId: z.string(),
  instanceName: z.string(),
  datastore: DatastoreName,
  version: z.string(),
  /** Folder that holds this engine's programs (postgres, initdb, …). */
  binFolder: z.string(),
  /** Everything of this guest: data/ run/ logs/ conf/ tmp/ state.json journal/. Short enough for a socket path. */
  folder: z.string(),
  /** Backups of the project; the instance's account may write here. */
  backupFolder: z.string(),
  port: z.number().int(),
  listenAddress: z.string(),
  /** Other guests of its set, for vouching and direct copies; filled by later capabilities. */
  peers: z.array(z.object({ instanceId: Id, host: z.string(), port: z.number().int() })),
  controlPlaneUrl: z.string(),
  token: z.string(),
  heartbeatIntervalMs: z.number().int(),
  /** Folders of control groups made for this guest, or null where the host enforces nothing. */
  controlGroups: z.object({ memory: z.string().nullable(), cpu: z.string().nullable() }),
});
export type GuestIdentity = z.infer<typeof GuestIdentity>;

/** What an agent says of itself when it connects, in the socket's auth. */
export const GuestHello = z.object({
  instanceId: z.string(),
  token: z.string(),
  protocolVersions: z.array(z.number().int()),
  agentVersion: z.string(),
  bootId: z.string(),
  /** When this life of the agent began, on its own clock: of two connections of one guest the newer boot stays. */
  bootedAtMs: z.number(),
  /** The agent's clock at connection, milliseconds since the epoch. */
  clockMs: z.number(),
});
export type GuestHello = z.infer<typeof GuestHello>;
