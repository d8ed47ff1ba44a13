-- Where a schedule's backups go: the project's default of the day, the local directory, or the id of a storage target.
ALTER TABLE "backup_schedules" ADD COLUMN "storage" TEXT NOT NULL DEFAULT 'default';
