import * as z from 'zod';
import { Fault } from '../errors.ts';
import { StorageAddress } from '../guest/storage-address.ts';
import { Id, Name, Timestamp } from '../names.ts';

const [, s3, swift] = StorageAddress.options;
/** Plain on arrival only; no answer carries it. */
const secret = z.string().min(1, 'It cannot be empty.').max(8192);
const hidden = { password: true } as const;
/** What is asked of one that is given now; those that are stored already stay readable. */
const bucket = s3.shape.bucket.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'Use letters, digits, dots, underscores and hyphens.');
const container = swift.shape.container.regex(/^[^/]+$/, 'A container’s name has no slash.');
const caPem = z
  .string()
  .max(100_000)
  .regex(
    /^(?![\s\S]*PRIVATE KEY)[\s\S]*-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/,
    'Paste the authority’s certificate as PEM, which begins with -----BEGIN CERTIFICATE-----, and no private key.',
  )
  .nullable();
const newS3 = s3.extend({ bucket, caPem });
const newSwift = swift.extend({ container, caPem });

/** Where a target's bytes go, as everybody who may read it sees it. */
export const TargetAddress = z.discriminatedUnion('kind', [s3.omit(hidden), swift.omit(hidden)]);
export type TargetAddress = z.infer<typeof TargetAddress>;

export const NewTargetAddress = z.discriminatedUnion('kind', [newS3.extend({ password: secret }), newSwift.extend({ password: secret })]);
export type NewTargetAddress = z.infer<typeof NewTargetAddress>;

/** Without a password the stored one is kept. */
export const ChangedTargetAddress = z.discriminatedUnion('kind', [
  newS3.extend({ password: secret.optional() }),
  newSwift.extend({ password: secret.optional() }),
]);
export type ChangedTargetAddress = z.infer<typeof ChangedTargetAddress>;

/** A place outside this host for a project's backups. Used is what its stored backups take. */
export const StorageTarget = z.object({
  id: Id,
  revision: z.number().int(),
  projectId: z.string(),
  name: Name,
  /** New backups of the project go here; of none, to the local directory. */
  isDefault: z.boolean(),
  address: TargetAddress,
  backupCount: z.number().int(),
  usedBytes: z.number(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type StorageTarget = z.infer<typeof StorageTarget>;

/** What the local directory holds of the projects asked about. */
export const LocalStorage = StorageTarget.pick({ backupCount: true, usedBytes: true });
export type LocalStorage = z.infer<typeof LocalStorage>;

/** How the name of an object begins that a test writes; one that the end of the server kept from deleting it is swept by that. */
export const testObjectPrefix = 'guestboard-test-';

/** An object really written, read back and deleted: how long each took, or why it failed; neither where an earlier one failed. */
export const StorageTest = z.object({
  steps: z.array(z.object({ name: z.enum(['write', 'read', 'delete']), milliseconds: z.number().nullable(), fault: Fault.nullable() })),
});
export type StorageTest = z.infer<typeof StorageTest>;
