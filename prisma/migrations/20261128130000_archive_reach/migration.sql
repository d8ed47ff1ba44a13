-- How far in its log a span was reported stored, up to which group of pieces it was written off, and what of it was seen to be lost.
ALTER TABLE "archive_spans" ADD COLUMN "storedTo" TEXT, ADD COLUMN "deletedTo" TEXT, ADD COLUMN "losses" JSONB NOT NULL DEFAULT '[]';
