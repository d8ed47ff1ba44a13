-- The values of its configuration group as they were last given to an instance: the group may have been changed since.
ALTER TABLE "instances" ADD COLUMN "appliedValues" JSONB;
