-- What a request started, written in the transaction that starts it: a repeat whose answer was lost is answered from it.
ALTER TABLE "idempotent_answers" ADD COLUMN "started" JSONB;
