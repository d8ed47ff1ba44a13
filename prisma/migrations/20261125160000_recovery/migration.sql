-- How the control plane saves itself: one row, made at the first start.
CREATE TABLE "recovery" (
  "id" INTEGER NOT NULL DEFAULT 1 CHECK ("id" = 1),
  "recipient" TEXT NOT NULL,
  "storageTargetId" UUID,
  "everyMinutes" INTEGER NOT NULL DEFAULT 60,
  "keepCount" INTEGER NOT NULL DEFAULT 48,
  "nextRunAt" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "savedAt" TIMESTAMPTZ(3),
  "savedBytes" BIGINT,
  "savedRows" BIGINT,
  "savedTo" TEXT,
  "fault" JSONB,
  "faultAt" TIMESTAMPTZ(3),
  CONSTRAINT "recovery_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "recovery_storageTargetId_fkey" FOREIGN KEY ("storageTargetId") REFERENCES "storage_targets" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
