-- Where in its log the pieces of a span must begin that have not been written off.
ALTER TABLE "archive_spans" ADD COLUMN "storedFrom" TEXT;
