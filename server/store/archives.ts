import type { ArchiveLoss, KnownReach, StoredReach } from '#contract/archived-pieces.ts';
import { getDatastore, hasCapability } from '#contract/datastores/definitions.ts';
import type { DatastoreName } from '#contract/datastores/index.ts';
import type { ReportBody } from '#contract/guest/reports.ts';
import type { ArchiveTrouble, RestoreWindow } from '#contract/resources/restore-window.ts';
import { type ArchiveRecord, type ArchiveSpan, toRestoreWindow } from '#contract/restore-window.ts';
import type { Database, Tx } from './database.ts';
import { Prisma } from './generated/client.ts';

export type ArchiveReport = Extract<ReportBody, { type: 'archive' }>;
export type WantedArchive = { instanceId: string; projectId: string; wanted: boolean; storageTargetId: string | null; revision: number };
/**
 * What an agent is told. A replica's archive is not wanted for as long as it is one, whatever was decided when it was none. The abandoned
 * span is the one that grows, where it lost pieces and nothing that is added to it could ever be replayed from: another must begin.
 */
export type ToldArchive = WantedArchive & { isReplica: boolean; abandonedSpanId: string | null };
/** What of a span is needed, and how far it was said to be stored. */
export type SpanNeed = SpanPlace & { projectId: string; neededFromMs: number | null; deletedTo: string | null } & StoredReach;
/** Where the pieces of a span lie, and by which key they open. */
export type SpanPlace = { id: string; instanceId: string; keyId: string; storageTargetId: string | null };
type ReachedSpan = SpanPlace & { known: KnownReach | null };
/** One that lies in storage and was never reported. */
export type FoundSpan = SpanPlace &
  StoredReach &
  Record<'fromMs' | 'toMs' | 'endedAtMs' | 'storedBytes', number> & { projectId: string; endReason: string };
/** `endsAt`: the position up to which its pieces lead. */
type WrittenOff = { group: string; bytes: number; neededFromMs: number; endsAt: string | null };
export type Archives = ReturnType<typeof openArchives>;

type Whose = { id: string; projectId: string; datastore: DatastoreName };
type SpanRow = Omit<ArchiveSpan, 'marks'>;
type SavedRow = ArchiveRecord['backups'][number] & { datastore: DatastoreName };
type MarkRow = { spanId: string; atMs: number; storedBytes: number };

const toMs = (column: string) => `extract(epoch from ${column})::float8 * 1000`;
const spanColumns = `id, ${toMs('"fromAt"')} as "fromMs", ${toMs('"toAt"')} as "toMs", ${toMs('"endedAt"')} as "endedAtMs",
  "endReason", "storedBytes"::float8, "deletedBytes"::float8, losses`;
/** The description the guest gave of a backup says when it was made; the row only when that was written down. */
const backupColumns = `id, "parentId", name, kind, datastore, (manifest->>'startedAtMs')::float8 as "startedAtMs",
  (manifest->>'endedAtMs')::float8 as "endedAtMs", coalesce("sizeBytes", 0)::float8 as "sizeBytes", coalesce("sourceBytes", 0)::float8 as "sourceBytes"`;

/** Continuous archives: what is wanted and reported of each instance's, and what can be restored from them. */
export function openArchives({ pool, prisma }: Database) {
  async function load(instanceId: string, projectId: string) {
    const read = async <T extends object>(text: string) => (await pool.query<T>(text, [instanceId, projectId])).rows;
    const where = '"instanceId" = $1 and "projectId" = $2';
    const [archives, spans, marks, backups] = await Promise.all([
      read<NonNullable<ArchiveRecord['archive']>>(
        `select wanted and not exists (select from instances i where i.id = $1 and i.role = 'replica') as wanted, state, error,
           "keptBytes"::float8, "keptLimitBytes"::float8 from archives where ${where}`,
      ),
      read<SpanRow>(`select ${spanColumns} from archive_spans where ${where} order by "fromAt", "toAt"`),
      read<MarkRow>(
        `select m."spanId", ${toMs('m.at')} as "atMs", m."storedBytes"::float8 from archive_marks m
         where m."spanId" in (select id from archive_spans where ${where}) order by m.at`,
      ),
      read<SavedRow>(
        `select ${backupColumns} from backups where ${where} and state = 'COMPLETED'
         and manifest ? 'endedAtMs' order by (manifest->>'endedAtMs')::float8`,
      ),
    ]);
    return { archives, spans, marks, backups };
  }

  function toWindow(instanceId: string, isSupported: boolean, found: Awaited<ReturnType<typeof load>>, nowMs: number): RestoreWindow {
    const spans = found.spans.map((span) => ({ ...span, marks: found.marks.filter((mark) => mark.spanId === span.id) }));
    const { backups } = found;
    // Where nothing was saved there is no moment to tell apart.
    const grainMs = backups[0] === undefined ? 1 : (getDatastore(backups[0].datastore).restoreGrainMs ?? 1);
    return toRestoreWindow({ instanceId, isSupported, grainMs, archive: found.archives[0] ?? null, spans, backups }, nowMs);
  }

  /** Nothing is known yet of how it goes. */
  async function write(tx: Tx, { instanceId, projectId, ...decided }: Omit<WantedArchive, 'revision'>): Promise<void> {
    const fresh = { ...decided, state: null, error: Prisma.DbNull, keptBytes: null, keptLimitBytes: null };
    await tx.archive.upsert({
      where: { instanceId },
      create: { instanceId, projectId, ...decided },
      update: { ...fresh, revision: { increment: 1 } },
    });
  }

  return {
    /** Ask for an instance that was found in the actor's scope. */
    loadWindow: async ({ id, projectId, datastore }: Whose, nowMs = Date.now()): Promise<RestoreWindow> =>
      toWindow(id, hasCapability(datastore, 'archive'), await load(id, projectId), nowMs),
    /** Of an instance of the project, also of one that is deleted; null where it has no archive. */
    findWindow: async (projectId: string, instanceId: string, nowMs = Date.now()): Promise<RestoreWindow | null> => {
      const found = await load(instanceId, projectId);
      const isKnown = found.archives.length + found.spans.length > 0;
      // What is archived can be.
      return isKnown ? toWindow(instanceId, true, found, nowMs) : null;
    },
    /** Asks for an archive where nobody has decided yet. */
    begin: async (tx: Tx, archive: Omit<WantedArchive, 'wanted' | 'revision'>): Promise<void> => {
      await tx.archive.createMany({ data: { ...archive, wanted: true }, skipDuplicates: true });
    },
    /** Turned on anew it goes to the storage named; what is stored stays where it lies. */
    setWanted: async (tx: Tx, { wanted, ...archive }: Omit<WantedArchive, 'revision'>): Promise<void> => {
      const { instanceId, storageTargetId } = archive;
      const known = await tx.archive.findUnique({ where: { instanceId } });
      if (known?.wanted === wanted) return;
      await write(tx, { ...archive, wanted, storageTargetId: wanted ? storageTargetId : null });
    },
    /** Whoever takes another's place as the source is archived as that one was, to the same storage. Answers whether it is. */
    handOver: async (tx: Tx, fromId: string, toId: string): Promise<boolean> => {
      const known = await tx.archive.findUnique({ where: { instanceId: fromId } });
      if (known === null) return false;
      const { projectId, wanted, storageTargetId } = known;
      await write(tx, { instanceId: toId, projectId, wanted, storageTargetId });
      return wanted;
    },
    findWanted: async (instanceId: string): Promise<WantedArchive | null> => {
      const row = await prisma.archive.findUnique({ where: { instanceId } });
      return row && { ...row, revision: Number(row.revision) };
    },
    listWanted: async (instanceIds: readonly string[]): Promise<ToldArchive[]> => {
      const { rows } = await pool.query<ToldArchive>(
        `select a."instanceId", a."projectId", a.wanted and i.role <> 'replica' as wanted, i.role = 'replica' as "isReplica",
           a."storageTargetId", a.revision::float8 + coalesce(t.revision, 0)::float8 as revision,
           (select s.id from archive_spans s where s."instanceId" = a."instanceId" and s."endedAt" is null
             and s.losses @> '[{"toMs": null}]' order by s."fromAt" desc limit 1) as "abandonedSpanId"
         from archives a join instances i on i.id = a."instanceId" left join storage_targets t on t.id = a."storageTargetId"
         where a."instanceId" = any($1::uuid[])`,
        [instanceIds],
      );
      return rows;
    },
    /** Writes down what guests said, all in a few statements; an older saying changes nothing that matters. */
    record: async (reports: readonly { instanceId: string; report: ArchiveReport }[]): Promise<void> => {
      await pool.query(
        `update archives a set state = r.state, error = r.error, "keptBytes" = r.kept, "keptLimitBytes" = r.most
         from unnest($1::uuid[], $2::text[], $3::jsonb[], $4::float8[], $5::float8[]) as r(id, state, error, kept, most)
         where a."instanceId" = r.id and a.wanted`,
        [
          reports.map(({ instanceId }) => instanceId),
          reports.map(({ report }) => report.state),
          reports.map(({ report }) => (report.error === null ? null : JSON.stringify(report.error satisfies ArchiveTrouble))),
          reports.map(({ report }) => Math.round(report.keptBytes)),
          reports.map(({ report }) => Math.round(report.keptLimitBytes)),
        ],
      );
      const spans = reports.flatMap(({ instanceId, report }) => report.spans.map((span) => ({ instanceId, span })));
      if (spans.length === 0) return;
      await pool.query(
        `with r as (select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::float8[], $6::float8[], $7::float8[], $8::text[], $9::float8[], $10::text[], $11::text[])
             as r("instanceId", id, "keyId", "storageTargetId", from_ms, to_ms, ended_ms, reason, stored, reach, beginning)),
           kept as (insert into archive_spans as s (id, "instanceId", "projectId", "storageTargetId", "keyId", "fromAt", "toAt", "endedAt", "endReason", "storedBytes", "storedTo", "storedFrom")
             select r.id, r."instanceId", i."projectId", r."storageTargetId", r."keyId", to_timestamp(r.from_ms / 1000), to_timestamp(r.to_ms / 1000),
               to_timestamp(r.ended_ms / 1000), r.reason, r.stored, r.reach, r.beginning
             from r join instances i on i.id = r."instanceId"
             where (exists (select from archive_spans k where k.id = r.id) or r.ended_ms is null
                 or (r.stored > 0 and r.ended_ms > extract(epoch from now()) * 1000 - 86400000))
               and (r."storageTargetId" is null
                 or exists (select from storage_targets t where t.id = r."storageTargetId" and t."projectId" = i."projectId"))
             on conflict (id) do update set "toAt" = greatest(s."toAt", excluded."toAt"), "endedAt" = coalesce(s."endedAt", excluded."endedAt"),
               "endReason" = coalesce(s."endReason", excluded."endReason"), "storedBytes" = greatest(s."storedBytes", excluded."storedBytes"),
               "storedTo" = greatest(s."storedTo" collate "C", excluded."storedTo" collate "C")
               where s."instanceId" = excluded."instanceId"
             returning id, "fromAt", "toAt", "storedBytes")
         insert into archive_marks ("spanId", at, "storedBytes") select id, "toAt", "storedBytes" from kept
         where not exists (select from archive_marks m where m."spanId" = kept.id and m.at > kept."toAt" - greatest(interval '1 minute', (kept."toAt" - kept."fromAt") / 500))
           and exists (select from archive_spans s where s.id = kept.id)
         on conflict do nothing`,
        [
          spans.map(({ instanceId }) => instanceId),
          spans.map(({ span }) => span.id),
          spans.map(({ span }) => span.keyId),
          spans.map(({ span }) => span.storageTargetId),
          spans.map(({ span }) => span.fromMs),
          spans.map(({ span }) => span.toMs),
          spans.map(({ span }) => span.endedAtMs),
          spans.map(({ span }) => span.endReason),
          spans.map(({ span }) => Math.round(span.storedBytes)),
          spans.map(({ span }) => span.storedTo),
          spans.map(({ span }) => span.storedFrom),
        ],
      );
    },
    /** In whichever project. */
    listKnown: async (ids: readonly string[]): Promise<string[]> =>
      (await prisma.archiveSpan.findMany({ where: { id: { in: [...ids] } }, select: { id: true } })).map(({ id }) => id),
    /**
     * As one that ended. False where its guest may grow it still, though nobody knows: unless the instance is deleted, its agent must be heard,
     * and be known to have grown another one since, or have none to grow.
     */
    takeUp: async (tx: Tx, span: FoundSpan): Promise<boolean> => {
      const [from, to, ended] = [span.fromMs, span.toMs, span.endedAtMs].map((atMs) => new Date(atMs));
      const count = await tx.$executeRaw`
        insert into archive_spans (id, "instanceId", "projectId", "storageTargetId", "keyId", "fromAt", "toAt", "endedAt", "endReason",
          "storedBytes", "storedFrom", "storedTo")
        select ${span.id}::uuid, i.id, i."projectId", ${span.storageTargetId}::uuid, k."secretId", ${from}::timestamptz, ${to}::timestamptz,
          ${ended}::timestamptz, ${span.endReason}::text, ${Math.round(span.storedBytes)}::float8, ${span.storedFrom}::text, ${span.storedTo}::text
        from instances i
          join project_backup_keys k on k."projectId" = i."projectId" and k."secretId" = ${span.keyId}::uuid
          left join guests g on g."instanceId" = i.id
        where i.id = ${span.instanceId}::uuid and i."projectId" = ${span.projectId}
          and (i."deletedAt" is not null or (g."seenAt" > now() - interval '2 minutes' and (
            exists (select from archive_spans s where s."instanceId" = i.id and s."toAt" > ${from}::timestamptz)
            or i.role = 'replica' or not exists (select from archives a where a."instanceId" = i.id and a.wanted))))
        on conflict do nothing`;
      return count === 1;
    },
    /** Up to when the span that grows now is stored; null where none does. */
    findReach: async (instanceId: string): Promise<number | null> =>
      (await prisma.archiveSpan.findFirst({ where: { instanceId, endedAt: null }, orderBy: { fromAt: 'desc' } }))?.toAt.getTime() ?? null,
    /** Whose pieces lead from a backup that ended then to a later moment. */
    findSpan: async (instanceId: string, backupEndedAtMs: number, atMs: number): Promise<ReachedSpan | null> => {
      const row = await prisma.archiveSpan.findFirst({
        where: { instanceId, fromAt: { lte: new Date(backupEndedAtMs) }, toAt: { gte: new Date(atMs) } },
        orderBy: { fromAt: 'desc' },
      });
      if (row === null) return null;
      const { storedTo: position, storedBytes, deletedBytes } = row;
      return { ...row, known: position === null ? null : { position, bytes: Number(storedBytes - deletedBytes) } };
    },
    /**
     * Spans with what of them is needed: pieces cut before `neededFromMs` lead from no backup that is kept or being made. Null needs none
     * of it at all. What grows is needed from an hour ago on.
     */
    listNeeds: async (): Promise<SpanNeed[]> => {
      const { rows } = await pool.query<SpanNeed>(
        `select s.id, s."instanceId", s."projectId", s."keyId", s."storageTargetId", s."storedFrom", s."storedTo", s."deletedTo",
           least(case when s."endedAt" is null then extract(epoch from now() - interval '1 hour')::float8 * 1000 end,
             (select min(started) from (
               select state, coalesce((manifest->>'startedAtMs')::float8, ${toMs('"createdAt"')}) as started from backups b
               where b."instanceId" = s."instanceId" and b.state not in ('FAILED', 'CANCELLED')) as base
              where started <= ${toMs('case when s."endedAt" is null then now() else greatest(s."endedAt", s."toAt") end')} and (state <> 'COMPLETED' or started >= ${toMs('s."fromAt"')})
             )) as "neededFromMs"
         from archive_spans s`,
      );
      return rows;
    },
    /**
     * Before a group of pieces is deleted: no backup from before `neededFromMs` is a base any more, and their bytes do not count. Asked again
     * after a deletion that was cut off, it changes nothing.
     */
    writeOff: async (id: string, { group, bytes, neededFromMs, endsAt }: WrittenOff): Promise<void> => {
      await pool.query(
        `update archive_spans set "fromAt" = greatest("fromAt", to_timestamp($4::float8 / 1000)),
           "deletedBytes" = "deletedBytes" + case when "deletedTo" collate "C" >= $2 then 0 else $3 end,
           "deletedTo" = greatest("deletedTo" collate "C", $2), "storedFrom" = greatest("storedFrom" collate "C", $5) where id = $1`,
        [id, group, Math.round(bytes), neededFromMs, endsAt],
      );
    },
    /** Before all of it is deleted: nothing of it is a promise any more. */
    writeOffAll: async (id: string): Promise<void> => {
      await pool.query(
        'update archive_spans set "fromAt" = greatest("fromAt", "toAt", "endedAt"), "deletedBytes" = "storedBytes" where id = $1',
        [id],
      );
    },
    /** What was seen to be missing, all of it; answers whether that is news. */
    noteLosses: async (id: string, losses: readonly ArchiveLoss[]): Promise<boolean> => {
      const { rowCount } = await pool.query('update archive_spans set losses = $2::jsonb where id = $1 and losses <> $2::jsonb', [
        id,
        JSON.stringify(losses),
      ]);
      return rowCount === 1;
    },
    removeSpan: async (id: string): Promise<void> => {
      await pool.query('delete from archive_spans where id = $1', [id]);
    },
    /** The instance is deleted: nothing grows any more, and what is stored stays with the backups that need it. */
    close: async (tx: Tx, instanceId: string): Promise<void> => {
      await tx.archive.deleteMany({ where: { instanceId } });
      await tx.archiveSpan.updateMany({
        where: { instanceId, endedAt: null },
        data: { endedAt: new Date(), endReason: 'The instance was deleted.' },
      });
    },
  };
}
