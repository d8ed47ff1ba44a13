-- Reports of backups that were really restored; the newest of each is kept beside it, too.
CREATE TABLE "backup_proofs" (
  "id" UUID NOT NULL,
  "projectId" TEXT NOT NULL,
  "backupId" UUID NOT NULL,
  "instanceId" UUID,
  "state" TEXT NOT NULL,
  "askedBy" TEXT NOT NULL,
  "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "restoringSince" TIMESTAMPTZ(3),
  "endedAt" TIMESTAMPTZ(3),
  "restoreMs" DOUBLE PRECISION,
  "firstQueryMs" DOUBLE PRECISION,
  "findings" JSONB,
  "cause" TEXT,
  "nextStep" TEXT,
  CONSTRAINT "backup_proofs_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "backup_proofs_backupId_fkey" FOREIGN KEY ("backupId") REFERENCES "backups"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "backup_proofs_backupId_idx" ON "backup_proofs"("backupId");
CREATE INDEX "backup_proofs_instanceId_endedAt_idx" ON "backup_proofs"("instanceId", "endedAt");

-- A guest that belongs to an operation alone: in no list, and removed with it.
ALTER TABLE "instances" ADD COLUMN "scratchFor" UUID;

ALTER TABLE "backup_schedules" ADD COLUMN "proveEvery" INTEGER;
ALTER TABLE "backup_schedules" ADD COLUMN "unproved" INTEGER NOT NULL DEFAULT 0;
