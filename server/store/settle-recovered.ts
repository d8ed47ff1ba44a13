import type { Fault } from '#contract/errors.ts';
import type { Client } from './dump.ts';

/** What was under way when the save was made is over; whoever asked for it is told. Answers what is there now. */
export async function settleRecovered(client: Client, madeAtMs: number): Promise<{ instances: number; backups: number }> {
  const at = new Date(madeAtMs).toISOString();
  const fault: Fault = {
    code: 'operation-lost',
    sentence: `The control plane was brought back from its save of ${at}, when this was under way. Ask for it again.`,
  };
  const said = JSON.stringify(fault);
  await client.query(
    `update operation_steps s set state = case when s.state = 'queued' then 'skipped' else 'failed' end, "endedAt" = now(),
         fault = case when s.state = 'queued' then null else $1::jsonb end
       from operations o where o.id = s."operationId" and o.state in ('queued', 'running', 'cancelling')
         and s.state not in ('succeeded', 'skipped', 'failed')`,
    [said],
  );
  await client.query(
    `update operations set state = 'failed', fault = $1::jsonb, "endedAt" = now(), revision = revision + 1
       where state in ('queued', 'running', 'cancelling')`,
    [said],
  );
  await client.query(`update backups set state = 'FAILED', failure = $1, "endedAt" = now() where state in ('NEW', 'BUILDING', 'SAVING')`, [
    fault.sentence,
  ]);
  await client.query(
    `update backup_schedules set "operationId" = null, retaining = false, "nextRunAt" = now() where "operationId" is not null`,
  );
  await client.query(`update instances set "operationId" = null, "runningStatus" = null, revision = revision + 1`);
  // Where older pieces went since, those that are left begin later.
  await client.query(`update archive_spans set "storedFrom" = null`);
  await client.query(`update guests set "heldBy" = null, silent = true`);
  await client.query(`update recovery set "nextRunAt" = now()`);
  // The control plane that was saved may live on and write to the same storages: for a day nothing in them is taken for forgotten. Nor is
  // anything for needless, until backups of after the save, which may need it, have been looked for.
  await client.query(
    `insert into storage_sweep (id, "nextRunAt", "unknownOf") values (1, now() + interval '25 hours', null)
       on conflict (id) do update set "nextRunAt" = excluded."nextRunAt", "unknownOf" = null`,
  );
  await client.query(
    `insert into instance_events ("projectId", "instanceId", code, tone, sentence, at)
       select "projectId", id, 'control-plane-recovered', 'attention', $1, now() from instances where "deletedAt" is null`,
    [`The control plane was brought back from its save of ${at}. What happened later is not in its records.`],
  );
  const { rows } = await client.query<{ instances: number; backups: number }>(
    `select (select count(*)::int from instances where "deletedAt" is null) as instances,
              (select count(*)::int from backups where state = 'COMPLETED') as backups`,
  );
  return rows[0] ?? { instances: 0, backups: 0 };
}
