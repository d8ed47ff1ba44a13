import * as z from 'zod';
import { SealableSecret } from '../names.ts';

const prefix = z
  .string()
  .max(200)
  .regex(
    /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)?$/,
    'Use letters, digits, dots, underscores and hyphens between slashes.',
  );
/** Trusted for this endpoint besides the well-known ones: a private authority's certificate. */
const caPem = z.string().max(100_000).nullable();

/**
 * Where the bytes of backups lie, as a guest and the control plane both reach it. Secrets are references at rest, plain only on the bus.
 * A local directory is named by whoever opens it: the project's own folder on that host.
 */
export const StorageAddress = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('local-directory') }),
  z.object({
    kind: z.literal('s3'),
    endpoint: z.url({ protocol: /^https?$/ }),
    region: z.string().min(1).max(64),
    bucket: z.string().min(3).max(63),
    prefix,
    accessKeyId: z.string().min(1).max(256),
    /** The secret access key. */
    password: SealableSecret,
    caPem,
  }),
  z.object({
    kind: z.literal('swift'),
    authUrl: z.url({ protocol: /^https?$/ }),
    /** Keystone v3 in clouds; v1 is Swift's own, of small installations. */
    auth: z.discriminatedUnion('version', [
      z.object({ version: z.literal('v1') }),
      z.object({ version: z.literal('v3'), project: z.string().min(1), userDomain: z.string().min(1), projectDomain: z.string().min(1) }),
    ]),
    region: z.string().max(64).nullable(),
    container: z.string().min(1).max(256),
    prefix,
    user: z.string().min(1).max(256),
    password: SealableSecret,
    caPem,
  }),
]);
export type StorageAddress = z.infer<typeof StorageAddress>;
