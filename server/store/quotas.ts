import { GuestboardError } from '#contract/errors.ts';
import { flavors } from '#contract/flavors.ts';
import { refuseBeyondQuotas } from '#contract/operations/operation.ts';
import { type Quota, type QuotaLimits, type QuotaResource, quotaNames, refuseLimit, type Taken } from '#contract/quotas.ts';
import type { Changes } from './changes.ts';
import type { Database, Tx } from './database.ts';

type Limit = Pick<Quota, 'limit' | 'ceiling'>;
type Held = { flavorId: string; instances: number; volumes: number };
export type Quotas = ReturnType<typeof openQuotas>;

/** What lives, as large as it is about to be; clones under way that have no row yet. Scratch guests are the control plane's own. */
const heldInstances = `
  select "flavorId", count(*)::int as instances, sum(volume)::float8 as volumes from (
    select coalesce(o.input->>'flavorId', i."flavorId") as "flavorId", coalesce((o.input->>'volumeBytes')::bigint, i."volumeBytes") as volume
    from instances i left join operations o on o.id = i."operationId" and o.name in ('resize-flavor', 'resize-volume')
    where i."projectId" = $1 and i."deletedAt" is null and i."scratchFor" is null
    union all
    select i."flavorId", i."volumeBytes" from operations o join instances i on i.id = o."instanceId"
    where o."projectId" = $1 and o.name = 'clone-instance' and o.state in ('queued', 'running', 'cancelling')
      and not exists (select 1 from instances made where made.id = o.id)
  ) held group by "flavorId"`;

/** Rows but failed and cancelled ones, which store nothing, and backups that operations under way are about to make. */
const heldBackups = `
  select (select count(*) from backups where "projectId" = $1 and state not in ('FAILED', 'CANCELLED'))::int
    + (select count(*) from operations o where o."projectId" = $1 and o.name in ('create-backup', 'clone-instance')
        and o.state in ('queued', 'running', 'cancelling')
        and not exists (select 1 from backups made where made."operationId" = o.id and made.state not in ('FAILED', 'CANCELLED')))::int
    + (select count(*) from operations o join operation_steps s on s."operationId" = o.id
        where o."projectId" = $1 and o.name in ('restore-in-place', 'upgrade-version') and o.state in ('queued', 'running', 'cancelling')
        and s.key in ('store', 'back-up') and s.state = 'queued')::int as backups`;

/** What each project may hold, and what it holds. A resource without a row has no limit. */
export function openQuotas({ prisma, pool }: Database, changes: Changes) {
  async function count(tx: Pick<Tx, '$queryRawUnsafe'>, projectId: string): Promise<Record<QuotaResource, number>> {
    const held = await tx.$queryRawUnsafe<Held[]>(heldInstances, projectId);
    const [backups] = await tx.$queryRawUnsafe<{ backups: number }[]>(heldBackups, projectId);
    const memoryOf = (id: string) => flavors.find((flavor) => flavor.id === id)?.memoryBytes ?? 0;
    const sum = (of: (row: Held) => number) => held.reduce((total, row) => total + of(row), 0);
    return {
      instances: sum(({ instances }) => instances),
      ram: sum(({ instances, flavorId }) => instances * memoryOf(flavorId)),
      volumes: sum(({ volumes }) => volumes),
      backups: backups?.backups ?? 0,
    };
  }

  const toLimits = (rows: readonly { resource: string; limit: bigint | string | null; ceiling: bigint | string | null }[]) =>
    new Map<string, Limit>(
      rows.map(({ resource, limit, ceiling }) => [
        resource,
        { limit: limit === null ? null : Number(limit), ceiling: ceiling === null ? null : Number(ceiling) },
      ]),
    );
  const toQuotas = (limits: Map<string, Limit>, used: Record<QuotaResource, number>): Quota[] =>
    quotaNames.map((resource) => ({ resource, used: used[resource], ...(limits.get(resource) ?? { limit: null, ceiling: null }) }));

  /** For one asker after another. */
  async function lock(tx: Tx, projectId: string): Promise<Map<string, Limit>> {
    return toLimits(
      await tx.$queryRawUnsafe<{ resource: string; limit: bigint | null; ceiling: bigint | null }[]>(
        `select resource, "limit", ceiling from project_quotas where "projectId" = $1 order by resource for update`,
        projectId,
      ),
    );
  }

  async function refuseMore(
    tx: Tx,
    projectId: string,
    toTaken: (used: Record<QuotaResource, number>) => Taken,
    spare: Taken = {},
  ): Promise<void> {
    const limits = await lock(tx, projectId);
    if ([...limits.values()].every(({ limit }) => limit === null)) return;
    const used = await count(tx, projectId);
    const taken = toTaken(used);
    const before = toQuotas(limits, used).map((quota) => ({ ...quota, used: quota.used - Math.max(0, taken[quota.resource] ?? 0) }));
    const refusal = refuseBeyondQuotas({ quotas: before }, taken, spare);
    if (refusal !== null) throw new GuestboardError('quota-exceeded', refusal.reason);
  }

  return {
    list: async (projectId: string): Promise<Quota[]> => {
      const [rows, used] = await Promise.all([prisma.projectQuota.findMany({ where: { projectId } }), count(prisma, projectId)]);
      return toQuotas(toLimits(rows), used);
    },
    /** Only what is limited: most projects have no limits, and then nothing is counted. */
    listLimited: async (projectId: string): Promise<Quota[]> => {
      const { rows } = await pool.query<{ resource: string; limit: string; ceiling: string | null }>({
        name: 'quotas limited',
        text: 'select resource, "limit", ceiling from project_quotas where "projectId" = $1 and "limit" is not null',
        values: [projectId],
      });
      const limits = toLimits(rows);
      return limits.size === 0 ? [] : toQuotas(limits, await count(prisma, projectId)).filter(({ limit }) => limit !== null);
    },
    /**
     * Looked at again where the operation is already written down, one asker after another. Throws `quota-exceeded`, which takes the
     * operation back with the transaction.
     */
    hold: async (tx: Tx, projectId: string, taken: Taken, spare: Taken = {}): Promise<void> => {
      if (Object.keys(taken).length > 0) await refuseMore(tx, projectId, () => taken, spare);
    },
    /**
     * For what is taken up again, which may hold some of it still: `work` makes it hold all of it. Throws `quota-exceeded` where the project
     * holds more by that than it may.
     */
    holdAgain: async (tx: Tx, projectId: string, work: () => Promise<void>): Promise<void> => {
      const before = await count(tx, projectId);
      await work();
      await refuseMore(tx, projectId, (used) => Object.fromEntries(quotaNames.map((name) => [name, used[name] - before[name]])));
    },
    /** Throws `not-allowed` where a limit is above what an operator allowed; an operator's limit is what is allowed from then on. */
    change: async (tx: Tx, projectId: string, asked: QuotaLimits, operator: boolean): Promise<void> => {
      const known = await lock(tx, projectId);
      for (const resource of quotaNames) {
        const limit = asked[resource];
        if (limit === undefined) continue;
        const ceiling = operator ? limit : (known.get(resource)?.ceiling ?? null);
        const reason = refuseLimit({ resource, ceiling }, limit);
        if (reason !== null) throw new GuestboardError('not-allowed', reason, { field: resource });
        const values = { limit: limit === null ? null : BigInt(limit), ceiling: ceiling === null ? null : BigInt(ceiling) };
        const key = { projectId, resource };
        await tx.projectQuota.upsert({ where: { projectId_resource: key }, create: { ...key, ...values }, update: values });
      }
      await changes.announce(tx, { projectId, kind: 'project', resource: projectId, revision: 0 });
    },
  };
}
