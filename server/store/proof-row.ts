import { type BackupProof, ProofFindings, type ProofSummary } from '#contract/resources/backup-proof.ts';
import type { BackupProof as ProofRow } from './generated/client.ts';

/** The same in SQL, of a row `p`: what a list of other things carries along. */
export const proofSummary = `jsonb_build_object('id', p.id, 'backupId', p."backupId",
  'state', case when p.state = 'proved' and exists (select 1 from backups d where d.id = p."backupId" and d.state = 'CORRUPT')
    then 'overtaken' else p.state end,
  'momentAt', to_char(p."momentAt" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
  'endedAt', to_char(p."endedAt" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'firstQueryMs', p."firstQueryMs",
  'unit', p.findings->'unit', 'things', p.findings->'things', 'compared', p.findings->'compared')`;

export function toSummary(
  { id, backupId, state, momentAt, endedAt, firstQueryMs, findings }: ProofRow,
  backupState?: string,
): ProofSummary {
  const found = ProofFindings.safeParse(findings).data ?? null;
  return {
    id,
    backupId,
    state: state === 'proved' && backupState === 'CORRUPT' ? 'overtaken' : (state as ProofSummary['state']),
    momentAt: momentAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    firstQueryMs,
    unit: found?.unit ?? null,
    things: found?.things ?? null,
    compared: found?.compared ?? null,
  };
}

export function toProof(row: ProofRow): BackupProof {
  const { projectId, instanceId, startedAt, askedBy, restoreMs, findings, cause, nextStep } = row;
  return {
    ...toSummary(row),
    projectId,
    instanceId,
    startedAt: startedAt.toISOString(),
    askedBy,
    restoreMs,
    findings: ProofFindings.safeParse(findings).data ?? null,
    cause,
    nextStep,
  };
}
