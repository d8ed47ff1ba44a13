import * as z from 'zod';

/** Something a database can be extended with: what the host has for this version of the engine, installed or not. */
export const Extension = z.object({
  name: z.string(),
  summary: z.string(),
  /** What creating it now would install. */
  availableVersion: z.string(),
  installedVersion: z.string().nullable(),
  /** Where its things are found, once installed. */
  schema: z.string().nullable(),
  /** Other extensions that are created with it. */
  requires: z.array(z.string()),
  /** Why a tenant cannot have it, as a sentence; null when it can. */
  refusal: z.string().nullable(),
  /** Part of every database: it cannot be dropped. */
  builtIn: z.boolean(),
});
export type Extension = z.infer<typeof Extension>;
