-- Where a project's backups may lie besides the local directory. The secret in `address` is a reference.
CREATE TABLE "storage_targets" (
  "id" UUID NOT NULL,
  "revision" BIGINT NOT NULL DEFAULT 1,
  "projectId" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "isDefault" BOOLEAN NOT NULL DEFAULT false,
  "address" JSONB NOT NULL,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "storage_targets_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "storage_targets_projectId_name_key" ON "storage_targets"("projectId", "name");

-- Null is the local directory. A target cannot go while backups lie there, whoever else is writing.
ALTER TABLE "backups" ADD COLUMN "storageTargetId" UUID;
ALTER TABLE "backups" ADD CONSTRAINT "backups_storageTargetId_fkey"
  FOREIGN KEY ("storageTargetId") REFERENCES "storage_targets"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE INDEX "backups_storageTargetId_idx" ON "backups"("storageTargetId");
