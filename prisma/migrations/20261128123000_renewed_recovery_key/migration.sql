-- The recovery key before the present one, until the saves made for it are deleted.
ALTER TABLE "recovery" ADD COLUMN "retiredRecipient" TEXT, ADD COLUMN "renewedAt" TIMESTAMPTZ(3);
