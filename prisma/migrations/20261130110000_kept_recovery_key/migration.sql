-- The key of which somebody said that a copy is kept elsewhere.
ALTER TABLE "recovery" ADD COLUMN "keptRecipient" TEXT;
