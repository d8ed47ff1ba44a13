import type { Database } from './database.ts';
import type { Secrets } from './secrets.ts';

export type Authority = { certificatePem: string; keyPem: string };
export type Authorities = ReturnType<typeof openAuthorities>;

/** Certificate authorities, one per project; the private key is a secret. */
export function openAuthorities({ prisma, transact }: Database, secrets: Secrets) {
  async function find(projectId: string): Promise<Authority | null> {
    const row = await prisma.projectCa.findUnique({ where: { projectId } });
    return row && { certificatePem: row.certificatePem, keyPem: await secrets.unseal(row.keySecretId) };
  }
  return {
    find,
    /** Keeps a new authority, unless the project has got one meanwhile: the first one counts. */
    keep: async (projectId: string, authority: Authority): Promise<Authority> => {
      await transact(async (tx) => {
        const keySecretId = await secrets.seal(tx, projectId, authority.keyPem);
        const made = await tx.projectCa.createMany({
          data: { projectId, certificatePem: authority.certificatePem, keySecretId },
          skipDuplicates: true,
        });
        if (made.count === 0) await secrets.forget(tx, [keySecretId]);
      });
      return (await find(projectId)) ?? authority;
    },
  };
}
