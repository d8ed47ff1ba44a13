-- By storage place: instances of which backups lie there that the catalogue does not know. Null until a control plane that was recovered has looked.
ALTER TABLE "storage_sweep" ADD COLUMN "unknownOf" JSONB DEFAULT '{}';
