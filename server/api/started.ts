import type * as z from 'zod';
import type { OperationStarted } from '#contract/endpoints/endpoint.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { Started } from '../store/idempotency.ts';
import type { Store } from '../store/store.ts';

/** The answer to whoever started an operation: the operation as it is now, and the sentence said of it. */
export async function toStarted(store: Store, { operationId, sentence }: Started): Promise<z.infer<typeof OperationStarted>> {
  const operation = await store.operations.findForControlPlane(operationId);
  if (!operation) throw new GuestboardError('not-found', 'The operation does not exist.');
  return { operation, instanceId: operation.instanceId, sentence };
}
