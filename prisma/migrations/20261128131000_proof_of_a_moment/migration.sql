-- Up to when the archive was replayed on a backup that was restored for proof.
ALTER TABLE "backup_proofs" ADD COLUMN "momentAt" TIMESTAMPTZ(3);
