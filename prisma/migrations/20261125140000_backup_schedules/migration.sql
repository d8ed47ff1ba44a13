-- When instances are backed up by themselves, and which backups came from it.
CREATE TABLE "backup_schedules" (
  "id" UUID NOT NULL,
  "revision" BIGINT NOT NULL DEFAULT 1,
  "projectId" TEXT NOT NULL,
  "instanceId" UUID NOT NULL,
  "cron" TEXT NOT NULL,
  "timeZone" TEXT NOT NULL,
  "jitterSeconds" INTEGER NOT NULL,
  "fullEvery" INTEGER NOT NULL,
  "keepCount" INTEGER,
  "keepDays" INTEGER,
  "enabled" BOOLEAN NOT NULL DEFAULT true,
  "changedByAccountId" TEXT NOT NULL,
  "changedBy" TEXT NOT NULL,
  "plannedFor" TIMESTAMPTZ(3),
  "nextRunAt" TIMESTAMPTZ(3),
  "triedSince" TIMESTAMPTZ(3),
  "tryAfter" TIMESTAMPTZ(3),
  "lastRunAt" TIMESTAMPTZ(3),
  "lastOutcome" TEXT,
  "lastTone" TEXT,
  "operationId" UUID,
  "retaining" BOOLEAN NOT NULL DEFAULT false,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "backup_schedules_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "backup_schedules_instanceId_idx" ON "backup_schedules"("instanceId");
CREATE INDEX "backup_schedules_nextRunAt_idx" ON "backup_schedules"("nextRunAt");

ALTER TABLE "backups" ADD COLUMN "scheduleId" UUID;
