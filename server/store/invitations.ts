import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { GuestboardError } from '#contract/errors.ts';
import type { ProjectRole } from '#contract/may.ts';
import type { Invitation } from '#contract/resources/project.ts';
import type { Changes } from './changes.ts';
import type { Database, Tx } from './database.ts';
import type { ProjectInvitation } from './generated/client.ts';

export type Invitations = ReturnType<typeof openInvitations>;
export type NewInvitation = { projectId: string; role: ProjectRole; note: string; invitedBy: string };

const validForMs = 7 * 24 * 3_600_000;

/** Invitations to projects, by a link that is shown once; only the secret's hash is kept. */
export function openInvitations(database: Database, changes: Changes) {
  const { prisma } = database;

  async function announce(tx: Tx, projectId: string) {
    await changes.announce(tx, { projectId, kind: 'membership', resource: projectId, revision: 0 });
  }

  return {
    /** Open ones: neither accepted nor expired. */
    list: async (projectId: string): Promise<Invitation[]> => {
      const where = { projectId, acceptedAt: null, expiresAt: { gt: new Date() } };
      return (await prisma.projectInvitation.findMany({ where, orderBy: { createdAt: 'desc' } })).map(toInvitation);
    },
    insert: async (tx: Tx, invitation: NewInvitation): Promise<{ invitation: Invitation; secret: string }> => {
      const secret = randomBytes(24).toString('base64url');
      const row = await tx.projectInvitation.create({
        data: { ...invitation, id: randomUUID(), secretHash: hash(secret), expiresAt: new Date(Date.now() + validForMs) },
      });
      await announce(tx, row.projectId);
      return { invitation: toInvitation(row), secret };
    },
    remove: async (tx: Tx, projectId: string, id: string): Promise<void> => {
      const { count } = await tx.projectInvitation.deleteMany({ where: { id, projectId } });
      if (count === 0) throw new GuestboardError('not-found', 'The invitation does not exist in this project.');
      await announce(tx, projectId);
    },
    /** The open invitation behind a secret, or null. */
    findBySecret: async (secret: string): Promise<Invitation | null> => {
      const row = await prisma.projectInvitation.findUnique({ where: { secretHash: hash(secret) } });
      return row && row.acceptedAt === null && row.expiresAt > new Date() ? toInvitation(row) : null;
    },
    /** Uses it up. Throws `not-found` when it was used or withdrawn meanwhile. */
    accept: async (tx: Tx, invitation: Invitation): Promise<void> => {
      const { count } = await tx.projectInvitation.updateMany({
        where: { id: invitation.id, acceptedAt: null, expiresAt: { gt: new Date() } },
        data: { acceptedAt: new Date() },
      });
      if (count === 0) throw new GuestboardError('not-found', 'The invitation was used, withdrawn or has expired. Ask for a new one.');
      await announce(tx, invitation.projectId);
    },
  };
}

function hash(secret: string) {
  return createHash('sha256').update(secret).digest('base64url');
}

function toInvitation(row: ProjectInvitation): Invitation {
  return {
    id: row.id,
    projectId: row.projectId,
    role: row.role as ProjectRole,
    note: row.note,
    invitedBy: row.invitedBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}
