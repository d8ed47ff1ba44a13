import type { ArchiveLoss } from '#contract/archived-pieces.ts';
import type { FoundSpan } from './archives.ts';
import type { Database } from './database.ts';

/** A span as it lies in storage, and what is missing of it. */
export type LyingSpan = FoundSpan & { losses: ArchiveLoss[] };

/** Archives as they lie in storage, where the rows end with a save. */
export function openRecoveredSpans({ transact }: Pick<Database, 'transact'>) {
  return {
    /**
     * Those that are known reach as far as they lie; others are added. The newest of an instance that is here may grow still, by an agent
     * that lives; all others are over. Answers how many reach further or are new.
     */
    add: (spans: readonly LyingSpan[]): Promise<number> =>
      transact(async (tx) => {
        let added = 0;
        for (const span of spans) {
          const [from, to] = [span.fromMs, span.toMs].map((atMs) => new Date(atMs));
          const losses = JSON.stringify(span.losses);
          added += await tx.$executeRaw`
            insert into archive_spans as s (id, "instanceId", "projectId", "storageTargetId", "keyId", "fromAt", "toAt", "storedBytes", "storedFrom", "storedTo", losses)
            values (${span.id}::uuid, ${span.instanceId}::uuid, ${span.projectId}, ${span.storageTargetId}::uuid, ${span.keyId}::uuid,
              ${from}::timestamptz, ${to}::timestamptz, ${span.storedBytes}, ${span.storedFrom}, ${span.storedTo}, ${losses}::jsonb)
            on conflict (id) do update set "toAt" = excluded."toAt", "storedTo" = greatest(s."storedTo" collate "C", excluded."storedTo" collate "C"),
              "storedBytes" = greatest(s."storedBytes", s."deletedBytes" + excluded."storedBytes")
            where s."endedAt" is null and s."projectId" = excluded."projectId" and s."instanceId" = excluded."instanceId"
              and s."toAt" < excluded."toAt"`;
        }
        const instances = [...new Set(spans.map(({ instanceId }) => instanceId))];
        await tx.$executeRaw`
          update archive_spans s set "endedAt" = coalesce(n."fromAt", s."toAt"), "endReason" = 'It ended after the save that the control plane was brought back from.'
          from (select id, lead("fromAt") over (partition by "instanceId" order by "fromAt") as "fromAt" from archive_spans
            where "instanceId" = any(${instances}::uuid[])) n
          where n.id = s.id and s."endedAt" is null
            and (n."fromAt" is not null or not exists (select from instances i where i.id = s."instanceId" and i."deletedAt" is null))`;
        // What began with a first backup after the save goes on, and nobody decided against it.
        await tx.$executeRaw`
          insert into archives ("instanceId", "projectId", wanted, "storageTargetId")
          select "instanceId", "projectId", true, "storageTargetId" from archive_spans
          where "endedAt" is null and "instanceId" = any(${instances}::uuid[])
          on conflict do nothing`;
        return added;
      }),
  };
}
