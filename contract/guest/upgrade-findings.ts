import * as z from 'zod';

/** What an instance's own server says about being taken to a newer version. Everything empty: nothing is in the way. */
export const UpgradeFindings = z.object({
  /** Programs beside the present server without which its data cannot be written out. */
  missingPrograms: z.array(z.string()),
  missingExtensions: z.array(z.object({ database: z.string(), name: z.string() })),
  /** Databases that take no connections at all. */
  closedDatabases: z.array(z.string()),
});
export type UpgradeFindings = z.infer<typeof UpgradeFindings>;
