import { type BackupProof, ProofFindings, type ProofSummary } from '#contract/resources/backup-proof.ts';
import type { BackupProof as ProofRow } from './generated/client.ts';

export function toSummary({ id, backupId, state, momentAt, endedAt, firstQueryMs, findings }: ProofRow): ProofSummary {
  const found = ProofFindings.safeParse(findings).data ?? null;
  return {
    id,
    backupId,
    state: state as ProofSummary['state'],
    momentAt: momentAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    firstQueryMs,
    unit: found?.unit ?? null,
    things: found?.things ?? null,
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
