-- How far in its log a span was reported stored, and up to which group of pieces it was written off.
ALTER TABLE "archive_spans" ADD COLUMN "storedTo" TEXT, ADD COLUMN "deletedTo" TEXT;
