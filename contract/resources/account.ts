import * as z from 'zod';
import { GrantLevel } from '../grants.ts';

/** A schema holder inside an instance. */
export const Database = z.object({
  name: z.string(),
  /** The user it belongs to; empty where it is nobody's in particular, or the engine knows no owners. */
  owner: z.string(),
  encoding: z.string(),
  collation: z.string(),
  /** Where an engine only knows its memory as a whole, shared out by keys: an estimate. */
  sizeBytes: z.number(),
  /** How many keys it holds, where the engine keeps keys. */
  keys: z.number().int().optional(),
});
export type Database = z.infer<typeof Database>;

/**
 * An account inside an instance. `grants` names the databases it may use: alone in full, else with a level. Where the datastore has presets,
 * some of those.
 */
export const User = z.object({
  name: z.string(),
  grants: z.array(z.union([z.string(), z.object({ database: z.string(), level: GrantLevel })])),
  connectionLimit: z.number().nullable(),
  isRoot: z.boolean(),
  canLogin: z.boolean(),
});
export type User = z.infer<typeof User>;

/** With whether its password can be revealed: those that Guestboard made are kept, those that a person chose are not. */
export const ListedUser = User.extend({ passwordKept: z.boolean() });
export type ListedUser = z.infer<typeof ListedUser>;

/** `renewed`: enabled already, with a new password. */
export const RootHistory = z.object({
  enabled: z.boolean(),
  everEnabled: z.boolean(),
  entries: z.array(z.object({ at: z.string(), by: z.string(), action: z.enum(['enabled', 'renewed', 'disabled']) })),
});
export type RootHistory = z.infer<typeof RootHistory>;
