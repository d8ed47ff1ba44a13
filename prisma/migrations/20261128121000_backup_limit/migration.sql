-- How fast an instance may be read for backups; null is as fast as it goes.
ALTER TABLE "instances" ADD COLUMN "backupBytesPerSecond" BIGINT;
