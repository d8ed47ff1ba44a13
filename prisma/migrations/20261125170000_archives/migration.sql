-- Continuous archiving: what is wanted and last reported of each instance, and the contiguous runs of pieces that lie in storage.
CREATE TABLE "archives" (
  "instanceId" UUID NOT NULL,
  "projectId" TEXT NOT NULL,
  "revision" BIGINT NOT NULL DEFAULT 1,
  "wanted" BOOLEAN NOT NULL,
  "storageTargetId" UUID,
  "state" TEXT,
  "error" JSONB,
  "keptBytes" BIGINT,
  "keptLimitBytes" BIGINT,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "archives_pkey" PRIMARY KEY ("instanceId")
);
CREATE INDEX "archives_projectId_idx" ON "archives"("projectId");
ALTER TABLE "archives" ADD CONSTRAINT "archives_storageTargetId_fkey"
  FOREIGN KEY ("storageTargetId") REFERENCES "storage_targets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Kept when their instance is deleted, as its backups are.
CREATE TABLE "archive_spans" (
  "id" UUID NOT NULL,
  "instanceId" UUID NOT NULL,
  "projectId" TEXT NOT NULL,
  "storageTargetId" UUID,
  "keyId" UUID NOT NULL,
  "fromAt" TIMESTAMPTZ(3) NOT NULL,
  "toAt" TIMESTAMPTZ(3) NOT NULL,
  "endedAt" TIMESTAMPTZ(3),
  "endReason" TEXT,
  "storedBytes" BIGINT NOT NULL,
  "deletedBytes" BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT "archive_spans_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "archive_spans_instanceId_idx" ON "archive_spans"("instanceId");
CREATE INDEX "archive_spans_projectId_idx" ON "archive_spans"("projectId");
ALTER TABLE "archive_spans" ADD CONSTRAINT "archive_spans_storageTargetId_fkey"
  FOREIGN KEY ("storageTargetId") REFERENCES "storage_targets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- How much of a span was stored by when, about once a minute.
CREATE TABLE "archive_marks" (
  "spanId" UUID NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "storedBytes" BIGINT NOT NULL,
  CONSTRAINT "archive_marks_pkey" PRIMARY KEY ("spanId", "at")
);
ALTER TABLE "archive_marks" ADD CONSTRAINT "archive_marks_spanId_fkey"
  FOREIGN KEY ("spanId") REFERENCES "archive_spans"("id") ON DELETE CASCADE ON UPDATE CASCADE;
