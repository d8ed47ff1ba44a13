-- The key a project's backups are sealed with. Manifests name it by its secret's id.
CREATE TABLE "project_backup_keys" (
  "projectId" TEXT NOT NULL,
  "secretId" UUID NOT NULL,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "project_backup_keys_pkey" PRIMARY KEY ("projectId")
);
