-- A restore in place whose old and new data both lie on the guest, and since when the data is what it is: backups of before are no parents.
ALTER TABLE "instances" ADD COLUMN "unsettledRestoreId" UUID, ADD COLUMN "dataSince" TIMESTAMPTZ(3);
