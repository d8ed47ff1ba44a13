-- Since when a backup that the catalogue knows was not found in its storage; it is CORRUPT as long as that lasts.
ALTER TABLE "backups" ADD COLUMN "missingSince" TIMESTAMPTZ(3);
