-- A full backup that is owed to an instance since it took another's place as the source, and in whose name it is made.
ALTER TABLE "instances" ADD COLUMN "backupOwedSince" TIMESTAMPTZ(3), ADD COLUMN "backupOwedBy" TEXT;
CREATE INDEX "instances_backupOwedSince_idx" ON "instances"("backupOwedSince");
