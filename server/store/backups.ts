import type { Backup } from '#contract/resources/backup.ts';
import type { Changes } from './changes.ts';
import { toMoment } from './cursor.ts';
import { type Database, isAbsent, type Tx } from './database.ts';
import type { BackupProof, Prisma, Backup as StoredBackup } from './generated/client.ts';
import type { Instances } from './instances.ts';
import { proofSummary, toSummary } from './proof-row.ts';
import { type Scope, whereProject } from './scope.ts';

type BackupRow = StoredBackup & { proofs: BackupProof[] };
/** The newest try to restore it for proof. */
const include = { proofs: { orderBy: { startedAt: 'desc' }, take: 1 } } as const;

/** Read at every operation's precondition. */
const listedText = `select b.id, b.revision::float8, b."projectId", b."instanceId", b."instanceName", b.name, b.datastore, b.version, b.kind,
    b."parentId", b.state, b."sizeBytes"::float8, b."sourceBytes"::float8, b."volumeBytes"::float8, b."operationId", b."scheduleId",
    b."storageTargetId", b."createdBy", b."createdAt", b."endedAt", b.failure, b."missingSince",
    (select ${proofSummary} from backup_proofs p where p."backupId" = b.id order by p."startedAt" desc limit 1) as proof
  from backups b where b."projectId" = $1 order by b."createdAt" desc`;
type ListedRow = Omit<Backup, 'createdAt' | 'endedAt' | 'missingSince'> & {
  createdAt: Date;
  endedAt: Date | null;
  missingSince: Date | null;
};

export type Backups = ReturnType<typeof openBackups>;

/** Stored copies, kept when their instance is deleted. */
export function openBackups(database: Database, changes: Changes, instances: Instances) {
  const { prisma } = database;

  async function announce(tx: Tx, row: BackupRow) {
    await changes.announce(tx, { projectId: row.projectId, kind: 'backup', resource: row.id, revision: Number(row.revision) });
    return toBackup(row);
  }

  return {
    find: async (scope: Scope, id: string): Promise<Backup | null> => {
      const row = await prisma.backup.findFirst({ where: { id, ...whereProject(scope) }, include });
      return row && toBackup(row);
    },
    list: async (scope: Scope, page: { instanceId?: string | undefined; cursor?: string | undefined; limit: number }) => {
      const where = { ...whereProject(scope), ...(page.instanceId === undefined ? {} : { instanceId: page.instanceId }) };
      const [rows, total] = await Promise.all([
        prisma.backup.findMany({
          where: page.cursor === undefined ? where : { AND: [where, toMoment.before(page.cursor)] },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
          take: page.limit + 1,
          include,
        }),
        prisma.backup.count({ where }),
      ]);
      return toMoment.page(rows, page.limit, toBackup, total);
    },
    listOfProject: async (projectId: string): Promise<Backup[]> => {
      const { rows } = await database.pool.query<ListedRow>({ name: 'backups of project', text: listedText, values: [projectId] });
      return rows.map((row) => ({ ...row, ...writeTimes(row) }));
    },
    findForControlPlane: async (id: string): Promise<Backup | null> => {
      const row = await prisma.backup.findUnique({ where: { id }, include });
      return row && toBackup(row);
    },
    /** The storage target it lies in; null is the local directory. */
    findTargetId: async (id: string): Promise<string | null> =>
      (await prisma.backup.findUnique({ where: { id } }))?.storageTargetId ?? null,
    findManifest: async (id: string): Promise<unknown> => (await prisma.backup.findUnique({ where: { id } }))?.manifest ?? null,
    /** A backup of the instance while which this was a moment: it counted what was there then. Null where none did. */
    findCountedAt: async (instanceId: string, atMs: number): Promise<string | null> => {
      const { rows } = await database.pool.query<{ id: string }>(
        `select id from backups where "instanceId" = $1 and state = 'COMPLETED'
           and (manifest->'counts'->>'quietFromMs')::float8 <= $2 and (manifest->>'endedAtMs')::float8 >= $2 limit 1`,
        [instanceId, atMs],
      );
      return rows[0]?.id ?? null;
    },
    /** Itself and what it builds on, as the control plane remembers it; ends at the full backup, or where one is missing. */
    listChain: async (id: string): Promise<{ id: string; manifest: unknown }[]> => {
      const chain: { id: string; manifest: unknown }[] = [];
      for (let next: string | null = id; next !== null && !chain.some((known) => known.id === next); ) {
        const row: StoredBackup | null = await prisma.backup.findUnique({ where: { id: next } });
        if (row === null) break;
        chain.push({ id: row.id, manifest: row.manifest });
        next = row.parentId;
      }
      return chain;
    },
    /** Those that seem to be made although their operation has ended or is gone. */
    listAbandoned: async (): Promise<string[]> => {
      const { rows } = await database.pool.query<{ id: string }>(
        `select b.id from backups b where b.state in ('NEW', 'BUILDING', 'SAVING') and b."operationId" is not null and not exists (
           select from operations o where o.id = b."operationId" and o.state in ('queued', 'running', 'cancelling'))`,
      );
      return rows.map(({ id }) => id);
    },
    insert: async (tx: Tx, data: Prisma.BackupUncheckedCreateInput): Promise<Backup> =>
      announce(tx, await tx.backup.create({ data, include })),
    /** Changes columns, raises the revision and announces it; its instance shows in which state its backups are. */
    change: async (tx: Tx, id: string, data: Prisma.BackupUncheckedUpdateInput): Promise<Backup> => {
      const row = await tx.backup.update({ where: { id }, data: { ...data, revision: { increment: 1 } }, include });
      if (data.state !== undefined) await instances.refresh(tx, row.instanceId);
      return announce(tx, row);
    },
    /** Gone already is fine: two may be deleting it. */
    remove: async (tx: Tx, id: string): Promise<void> => {
      const row = await tx.backup.delete({ where: { id }, include }).catch((error: unknown) => {
        if (isAbsent(error)) return null;
        throw error;
      });
      if (row === null) return;
      await instances.refresh(tx, row.instanceId);
      await announce(tx, row);
    },
  };
}

function toBackup({ manifest: _, proofs, ...row }: BackupRow): Backup {
  const [proof] = proofs;
  return {
    ...row,
    revision: Number(row.revision),
    datastore: row.datastore as Backup['datastore'],
    kind: row.kind as Backup['kind'],
    state: row.state as Backup['state'],
    sizeBytes: row.sizeBytes === null ? null : Number(row.sizeBytes),
    sourceBytes: row.sourceBytes === null ? null : Number(row.sourceBytes),
    volumeBytes: row.volumeBytes === null ? null : Number(row.volumeBytes),
    ...writeTimes(row),
    proof: proof === undefined ? null : toSummary(proof, row.state),
  };
}

function writeTimes({ createdAt, endedAt, missingSince }: Pick<StoredBackup, 'createdAt' | 'endedAt' | 'missingSince'>) {
  return {
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    missingSince: missingSince?.toISOString() ?? null,
  };
}
