import * as z from 'zod';

export const ProjectRole = z.enum(['admin', 'member', 'viewer']);
export type ProjectRole = z.infer<typeof ProjectRole>;

/** Who asks: a signed-in person or a token, with what they belong to. An operator runs the whole control plane. */
export const Actor = z.object({
  accountId: z.string(),
  name: z.string(),
  operator: z.boolean(),
  memberships: z.array(z.object({ projectId: z.string(), role: ProjectRole })),
  /** The token's id when a token asks, else null. */
  tokenId: z.string().nullable(),
});
export type Actor = z.infer<typeof Actor>;
