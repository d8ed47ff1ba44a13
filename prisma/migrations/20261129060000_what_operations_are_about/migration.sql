-- What an operation acts on besides its instance. Of the operations of before, those on backups that still exist say it too.
ALTER TABLE "operations" ADD COLUMN "about" TEXT;
UPDATE "operations" SET "about" = "input"->>'name' WHERE "name" = 'create-backup';
UPDATE "operations" o SET "about" = b."name" FROM "backups" b
  WHERE o."name" IN ('prove-backup', 'delete-backup') AND b."id"::text = o."input"->>'backupId';
