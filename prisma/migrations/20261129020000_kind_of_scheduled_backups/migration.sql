-- What a schedule added to an earlier backup was written down as a full one.
UPDATE "backups" SET "kind" = 'incremental' WHERE "parentId" IS NOT NULL;
