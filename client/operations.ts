import type { EndpointOutput } from '#contract/api.ts';
import type { OperationName } from '#contract/operations/index.ts';
import type { Operation } from '#contract/resources/operation.ts';
import { request } from './api.ts';
import { applyChanges } from './apply-changes.ts';
import type { Browser } from './browser.ts';
import { newKey } from './new-key.ts';

export type Started = Extract<EndpointOutput<'startOperation'>, { operation: unknown }>;
export type Plan = Extract<EndpointOutput<'startOperation'>, { steps: unknown }>;
/** What is asked for, and of what: an instance, a backup, or a project that shall have a new instance. */
export type Asked = { name: OperationName; input: Record<string, unknown>; instanceId?: string; projectId?: string };

/**
 * Asks for an operation. The same `idempotencyKey` asks once, however often it is sent: make one per intent.
 * Answers when it is accepted, never when it is done. Throws ApiProblem (409 with refuse()'s own sentence).
 */
export async function startOperation(browser: Browser, asked: Asked, idempotencyKey: string): Promise<Started> {
  const answer = await ask(asked, false, idempotencyKey);
  if (!('operation' in answer)) throw new Error('An operation was asked for and a plan came back.');
  applyChanges(browser.queries, browser.journal, [{ kind: 'operation', value: answer.operation }]);
  return answer;
}

/** The dry run: the steps it would take, why it would be refused, and how long it took before. */
export async function planOperation(asked: Asked): Promise<Plan> {
  const answer = await ask(asked, true, newKey());
  if (!('steps' in answer)) throw new Error('A plan was asked for and something else came back.');
  return answer;
}

export async function cancelOperation(browser: Browser, operationId: string): Promise<void> {
  keep(browser, await request('cancelOperation', { path: { operationId } }));
}

export async function resumeOperation(browser: Browser, operationId: string): Promise<void> {
  keep(browser, await request('resumeOperation', { path: { operationId } }));
}

function ask({ name, input, instanceId, projectId }: Asked, dryRun: boolean, idempotencyKey: string) {
  if (name === 'create-instance') {
    const body = { projectId: projectId ?? '', input: input as never, dryRun };
    return request('createInstance', { body, idempotencyKey });
  }
  if (name === 'prove-backup' && !dryRun) {
    const body = { atMs: typeof input.atMs === 'number' ? input.atMs : null };
    return request('proveBackup', { path: { backupId: String(input.backupId) }, body, idempotencyKey });
  }
  if (name === 'delete-backup' && !dryRun) {
    const query = { chain: input.withChain ? ('true' as const) : ('false' as const), confirmName: String(input.confirmName ?? '') };
    return request('deleteBackup', { path: { backupId: String(input.backupId) }, query, idempotencyKey });
  }
  return request('startOperation', { path: { instanceId: instanceId ?? '' }, body: { name, input, dryRun }, idempotencyKey });
}

function keep(browser: Browser, operation: Operation) {
  applyChanges(browser.queries, browser.journal, [{ kind: 'operation', value: operation }]);
}
