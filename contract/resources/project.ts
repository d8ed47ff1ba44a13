import * as z from 'zod';
import { ProjectRole } from '../may.ts';
import { Id, Name, Timestamp } from '../names.ts';

export const Project = z.object({
  id: z.string(),
  name: Name,
  title: z.string(),
  createdAt: Timestamp,
  instanceCount: z.number().int(),
  memberCount: z.number().int(),
});
export type Project = z.infer<typeof Project>;

export const Member = z.object({
  id: z.string(),
  projectId: z.string(),
  accountId: z.string(),
  username: z.string(),
  name: z.string(),
  role: ProjectRole,
  createdAt: Timestamp,
});
export type Member = z.infer<typeof Member>;

/** `link` carries the invitation's secret and is present only in the answer that creates it. */
export const Invitation = z.object({
  id: Id,
  projectId: z.string(),
  role: ProjectRole,
  note: z.string(),
  invitedBy: z.string(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  link: z.string().optional(),
});
export type Invitation = z.infer<typeof Invitation>;

/** `value` is shown once, in the answer that creates the token. */
export const ApiToken = z.object({
  id: z.string(),
  name: z.string(),
  start: z.string(),
  createdAt: Timestamp,
  expiresAt: Timestamp.nullable(),
  lastUsedAt: Timestamp.nullable(),
  value: z.string().optional(),
});
export type ApiToken = z.infer<typeof ApiToken>;

export const Me = z.object({
  accountId: z.string(),
  username: z.string(),
  name: z.string(),
  operator: z.boolean(),
  memberships: z.array(z.object({ projectId: z.string(), projectName: Name, projectTitle: z.string(), role: ProjectRole })),
});
export type Me = z.infer<typeof Me>;
