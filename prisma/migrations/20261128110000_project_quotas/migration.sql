-- What a project may hold; a resource without a row, or with none in it, has no limit. A project admin's limit stays under the operator's ceiling.
CREATE TABLE "project_quotas" (
  "projectId" TEXT NOT NULL,
  "resource" TEXT NOT NULL,
  "limit" BIGINT,
  "ceiling" BIGINT,
  CONSTRAINT "project_quotas_pkey" PRIMARY KEY ("projectId", "resource")
);
