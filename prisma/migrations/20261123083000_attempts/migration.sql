-- AlterTable
ALTER TABLE "operations" ADD COLUMN     "attempt" INTEGER NOT NULL DEFAULT 1;
