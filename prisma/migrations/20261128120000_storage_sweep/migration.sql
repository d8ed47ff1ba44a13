-- What the sweeping of backup storages found and removed: one row, made by the first sweep.
CREATE TABLE "storage_sweep" (
  "id" INTEGER NOT NULL DEFAULT 1 CHECK ("id" = 1),
  "nextRunAt" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "ranAt" TIMESTAMPTZ(3),
  "removed" BIGINT NOT NULL DEFAULT 0,
  "removedBytes" BIGINT NOT NULL DEFAULT 0,
  "removedAt" TIMESTAMPTZ(3),
  "failures" BIGINT NOT NULL DEFAULT 0,
  "leftAlone" INTEGER NOT NULL DEFAULT 0,
  "unknown" INTEGER NOT NULL DEFAULT 0,
  "faults" JSONB NOT NULL DEFAULT '[]',
  CONSTRAINT "storage_sweep_pkey" PRIMARY KEY ("id")
);
