-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "username" TEXT,
    "displayUsername" TEXT,
    "role" TEXT,
    "banned" BOOLEAN DEFAULT false,
    "banReason" TEXT,
    "banExpires" TIMESTAMP(3),
    "twoFactorEnabled" BOOLEAN DEFAULT false,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "token" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "userId" TEXT NOT NULL,
    "impersonatedBy" TEXT,
    "activeOrganizationId" TEXT,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "providerId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "idToken" TEXT,
    "accessTokenExpiresAt" TIMESTAMP(3),
    "refreshTokenExpiresAt" TIMESTAMP(3),
    "scope" TEXT,
    "password" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "twoFactor" (
    "id" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "backupCodes" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "verified" BOOLEAN DEFAULT true,
    "failedVerificationCount" INTEGER DEFAULT 0,
    "lockedUntil" TIMESTAMP(3),

    CONSTRAINT "twoFactor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "organization" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "logo" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "metadata" TEXT,

    CONSTRAINT "organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "member" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "role" TEXT NOT NULL DEFAULT 'member',
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "member_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invitation" (
    "id" TEXT NOT NULL,
    "organizationId" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "role" TEXT,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "inviterId" TEXT NOT NULL,

    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apikey" (
    "id" TEXT NOT NULL,
    "configId" TEXT NOT NULL DEFAULT 'default',
    "name" TEXT,
    "start" TEXT,
    "referenceId" TEXT NOT NULL,
    "prefix" TEXT,
    "key" TEXT NOT NULL,
    "refillInterval" INTEGER,
    "refillAmount" INTEGER,
    "lastRefillAt" TIMESTAMP(3),
    "enabled" BOOLEAN DEFAULT true,
    "rateLimitEnabled" BOOLEAN DEFAULT true,
    "rateLimitTimeWindow" INTEGER DEFAULT 86400000,
    "rateLimitMax" INTEGER DEFAULT 10,
    "requestCount" INTEGER DEFAULT 0,
    "remaining" INTEGER,
    "lastRequest" TIMESTAMP(3),
    "expiresAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "permissions" TEXT,
    "metadata" TEXT,

    CONSTRAINT "apikey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rateLimit" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "lastRequest" BIGINT NOT NULL,

    CONSTRAINT "rateLimit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "secrets" (
    "id" UUID NOT NULL,
    "projectId" TEXT,
    "keyId" TEXT NOT NULL,
    "nonce" BYTEA NOT NULL,
    "ciphertext" BYTEA NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "secrets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "project_cas" (
    "projectId" TEXT NOT NULL,
    "certificatePem" TEXT NOT NULL,
    "keySecretId" UUID NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "project_cas_pkey" PRIMARY KEY ("projectId")
);

-- CreateTable
CREATE TABLE "instances" (
    "id" UUID NOT NULL,
    "revision" BIGINT NOT NULL DEFAULT 1,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "datastore" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "flavorId" TEXT NOT NULL,
    "volumeBytes" BIGINT NOT NULL,
    "role" TEXT NOT NULL DEFAULT 'standalone',
    "sourceId" UUID,
    "host" TEXT NOT NULL,
    "port" INTEGER,
    "allowedCidrs" TEXT[],
    "firstDatabase" TEXT,
    "firstUser" TEXT,
    "configurationGroupId" UUID,
    "desiredState" TEXT NOT NULL DEFAULT 'running',
    "runningStatus" TEXT,
    "errored" BOOLEAN NOT NULL DEFAULT false,
    "operationId" UUID,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "replicationSecretId" UUID,
    "tokenHash" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deletedAt" TIMESTAMPTZ(3),

    CONSTRAINT "instances_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "guests" (
    "instanceId" UUID NOT NULL,
    "facts" JSONB,
    "bootId" TEXT,
    "bootedAtMs" BIGINT NOT NULL DEFAULT 0,
    "sequence" BIGINT NOT NULL DEFAULT 0,
    "seenAt" TIMESTAMPTZ(3),
    "heartbeatIntervalMs" INTEGER NOT NULL DEFAULT 1000,
    "agentVersion" TEXT,
    "protocolVersion" INTEGER,
    "clockSkewMs" INTEGER,
    "silent" BOOLEAN NOT NULL DEFAULT false,
    "heldBy" TEXT,

    CONSTRAINT "guests_pkey" PRIMARY KEY ("instanceId")
);

-- CreateTable
CREATE TABLE "port_leases" (
    "host" TEXT NOT NULL,
    "port" INTEGER NOT NULL,
    "instanceId" UUID NOT NULL,
    "leasedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "port_leases_pkey" PRIMARY KEY ("host","port")
);

-- CreateTable
CREATE TABLE "instance_passwords" (
    "instanceId" UUID NOT NULL,
    "user" TEXT NOT NULL,
    "secretId" UUID NOT NULL,

    CONSTRAINT "instance_passwords_pkey" PRIMARY KEY ("instanceId","user")
);

-- CreateTable
CREATE TABLE "root_entries" (
    "id" BIGSERIAL NOT NULL,
    "instanceId" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "root_entries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operations" (
    "id" UUID NOT NULL,
    "revision" BIGINT NOT NULL DEFAULT 1,
    "projectId" TEXT NOT NULL,
    "instanceId" UUID,
    "instanceName" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "input" JSONB NOT NULL,
    "actor" JSONB NOT NULL,
    "askedBy" TEXT NOT NULL,
    "workflowVersion" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "fault" JSONB,
    "cancelRequested" BOOLEAN NOT NULL DEFAULT false,
    "workflowId" TEXT,
    "estimate" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "acceptedAt" TIMESTAMPTZ(3),

    CONSTRAINT "operations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operation_steps" (
    "operationId" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "cancellable" BOOLEAN NOT NULL DEFAULT false,
    "resumable" BOOLEAN NOT NULL DEFAULT true,
    "startedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "done" DOUBLE PRECISION,
    "total" DOUBLE PRECISION,
    "unit" TEXT,
    "ratePerSecond" DOUBLE PRECISION,
    "detail" TEXT,
    "fault" JSONB,

    CONSTRAINT "operation_steps_pkey" PRIMARY KEY ("operationId","key")
);

-- CreateTable
CREATE TABLE "commands" (
    "id" TEXT NOT NULL,
    "operationId" UUID,
    "stepKey" TEXT,
    "instanceId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "epoch" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "outcome" JSONB,
    "deadlineAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sentAt" TIMESTAMPTZ(3),
    "acceptedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "commands_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "instance_events" (
    "id" BIGSERIAL NOT NULL,
    "projectId" TEXT NOT NULL,
    "instanceId" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "tone" TEXT NOT NULL,
    "sentence" TEXT NOT NULL,
    "detail" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "recordedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "origin" TEXT,

    CONSTRAINT "instance_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "samples" (
    "instanceId" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "sample" JSONB NOT NULL,

    CONSTRAINT "samples_pkey" PRIMARY KEY ("instanceId","at")
);

-- CreateTable
CREATE TABLE "backups" (
    "id" UUID NOT NULL,
    "revision" BIGINT NOT NULL DEFAULT 1,
    "projectId" TEXT NOT NULL,
    "instanceId" UUID,
    "instanceName" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "datastore" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'full',
    "parentId" UUID,
    "state" TEXT NOT NULL DEFAULT 'NEW',
    "sizeBytes" BIGINT,
    "sourceBytes" BIGINT,
    "volumeBytes" BIGINT,
    "manifest" JSONB,
    "operationId" UUID,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" TIMESTAMPTZ(3),
    "failure" TEXT,

    CONSTRAINT "backups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "configuration_groups" (
    "id" UUID NOT NULL,
    "revision" BIGINT NOT NULL DEFAULT 1,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "datastore" TEXT NOT NULL,
    "values" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "configuration_groups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "project_invitations" (
    "id" UUID NOT NULL,
    "projectId" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "secretHash" TEXT NOT NULL,
    "invitedBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "acceptedAt" TIMESTAMPTZ(3),

    CONSTRAINT "project_invitations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotent_answers" (
    "accountId" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "endpoint" TEXT NOT NULL,
    "requestHash" TEXT NOT NULL,
    "status" INTEGER,
    "answer" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotent_answers_pkey" PRIMARY KEY ("accountId","key")
);

-- CreateTable
CREATE TABLE "changes" (
    "id" BIGSERIAL NOT NULL,
    "projectId" TEXT,
    "kind" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "revision" BIGINT NOT NULL DEFAULT 0,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "changes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "replicas" (
    "id" TEXT NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "beatAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "agents" INTEGER NOT NULL DEFAULT 0,
    "counters" JSONB,

    CONSTRAINT "replicas_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "user_username_key" ON "user"("username");

-- CreateIndex
CREATE INDEX "session_userId_idx" ON "session"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE INDEX "account_userId_idx" ON "account"("userId");

-- CreateIndex
CREATE INDEX "verification_identifier_idx" ON "verification"("identifier");

-- CreateIndex
CREATE INDEX "twoFactor_secret_idx" ON "twoFactor"("secret");

-- CreateIndex
CREATE INDEX "twoFactor_userId_idx" ON "twoFactor"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "organization_slug_key" ON "organization"("slug");

-- CreateIndex
CREATE INDEX "member_organizationId_idx" ON "member"("organizationId");

-- CreateIndex
CREATE INDEX "member_userId_idx" ON "member"("userId");

-- CreateIndex
CREATE INDEX "invitation_organizationId_idx" ON "invitation"("organizationId");

-- CreateIndex
CREATE INDEX "invitation_email_idx" ON "invitation"("email");

-- CreateIndex
CREATE INDEX "apikey_configId_idx" ON "apikey"("configId");

-- CreateIndex
CREATE INDEX "apikey_referenceId_idx" ON "apikey"("referenceId");

-- CreateIndex
CREATE INDEX "apikey_key_idx" ON "apikey"("key");

-- CreateIndex
CREATE UNIQUE INDEX "rateLimit_key_key" ON "rateLimit"("key");

-- CreateIndex
CREATE INDEX "instances_projectId_idx" ON "instances"("projectId");

-- CreateIndex
CREATE INDEX "instances_sourceId_idx" ON "instances"("sourceId");

-- CreateIndex
CREATE INDEX "port_leases_instanceId_idx" ON "port_leases"("instanceId");

-- CreateIndex
CREATE INDEX "root_entries_instanceId_idx" ON "root_entries"("instanceId");

-- CreateIndex
CREATE INDEX "operations_projectId_createdAt_idx" ON "operations"("projectId", "createdAt");

-- CreateIndex
CREATE INDEX "operations_instanceId_createdAt_idx" ON "operations"("instanceId", "createdAt");

-- CreateIndex
CREATE INDEX "operations_state_idx" ON "operations"("state");

-- CreateIndex
CREATE INDEX "commands_state_idx" ON "commands"("state");

-- CreateIndex
CREATE INDEX "commands_instanceId_idx" ON "commands"("instanceId");

-- CreateIndex
CREATE INDEX "commands_operationId_idx" ON "commands"("operationId");

-- CreateIndex
CREATE UNIQUE INDEX "instance_events_origin_key" ON "instance_events"("origin");

-- CreateIndex
CREATE INDEX "instance_events_instanceId_id_idx" ON "instance_events"("instanceId", "id");

-- CreateIndex
CREATE INDEX "samples_at_idx" ON "samples"("at");

-- CreateIndex
CREATE INDEX "backups_projectId_createdAt_idx" ON "backups"("projectId", "createdAt");

-- CreateIndex
CREATE INDEX "backups_instanceId_idx" ON "backups"("instanceId");

-- CreateIndex
CREATE UNIQUE INDEX "configuration_groups_projectId_name_key" ON "configuration_groups"("projectId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "project_invitations_secretHash_key" ON "project_invitations"("secretHash");

-- CreateIndex
CREATE INDEX "project_invitations_projectId_idx" ON "project_invitations"("projectId");

-- CreateIndex
CREATE INDEX "idempotent_answers_createdAt_idx" ON "idempotent_answers"("createdAt");

-- CreateIndex
CREATE INDEX "changes_at_idx" ON "changes"("at");

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "twoFactor" ADD CONSTRAINT "twoFactor_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "member" ADD CONSTRAINT "member_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_inviterId_fkey" FOREIGN KEY ("inviterId") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guests" ADD CONSTRAINT "guests_instanceId_fkey" FOREIGN KEY ("instanceId") REFERENCES "instances"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operation_steps" ADD CONSTRAINT "operation_steps_operationId_fkey" FOREIGN KEY ("operationId") REFERENCES "operations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "commands" ADD CONSTRAINT "commands_operationId_fkey" FOREIGN KEY ("operationId") REFERENCES "operations"("id") ON DELETE CASCADE ON UPDATE CASCADE;



-- A name is taken only while its instance lives.
CREATE UNIQUE INDEX "instances_living_name" ON "instances"("projectId", "name") WHERE "deletedAt" IS NULL;
