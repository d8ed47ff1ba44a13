import { GuestboardError } from '#contract/errors.ts';
import type { HostVersion } from '#drivers/compute/compute.ts';
import { verifyVersion } from './verify.ts';
import type { StepContext, WorkflowContext } from './workflow.ts';

type Context = Pick<WorkflowContext<'upgrade-version'>, 'tools' | 'instance' | 'input' | 'operationId'>;

const dayMs = 24 * 3_600_000;

/**
 * Stops a member and starts it on the newer programs of its version; one that was stopped on purpose has them from its next start on. Where
 * it does not start on them it goes back to those it had, which read what a newer patch release wrote: nothing here brings the data up to
 * date for it. Cut off anywhere and asked again it goes on: the stops and starts of before answer as they did.
 */
export async function restartOnPrograms(context: Context, inside: StepContext, id: string, full: string): Promise<void> {
  const { store, compute } = context.tools;
  const wentBack = await compute.keepPrograms(id, context.operationId);
  await inside.command(id, 'lifecycle.stop', {});
  if (!wentBack) await compute.takeVersion(id, context.input.version);
  const member = await store.instances.findForControlPlane(id);
  if (member?.desiredState !== 'running') return;
  const fault = await tryStart(inside, id);
  if (fault === null) return;
  const source = await context.instance();
  const [newer, rest] = [
    `${member.name} does not start on ${full}: ${fault.message}`,
    id === source.id ? '' : ` ${source.name} was not touched.`,
  ];
  const { version } = member;
  const before = await startOnBefore(context, inside, id, newer);
  if (before === null)
    throw retell(
      fault,
      `${newer}${rest} The programs it had are no longer on this host. Put programs of ${version} in place that work, and start it.`,
    );
  throw retell(
    fault,
    `${newer} It runs on ${before.full} again, with its data as it was.${rest} Its log says why: put programs of ${version} in place that work, and upgrade it again.`,
  );
}

/** Null where what it had is gone. What is started is looked at before anybody is told that it runs. */
async function startOnBefore(context: Context, inside: StepContext, id: string, newer: string): Promise<HostVersion | null> {
  await inside.command(id, 'lifecycle.stop', {}, { key: 'back' });
  const before = await context.tools.compute.returnPrograms(id, context.operationId);
  if (before === null) return null;
  const fault =
    (await tryStart(inside, id, 'back')) ??
    (await verifyVersion(context, inside, id, before.full).then(
      () => null,
      (error: unknown) => asEnd(error),
    ));
  if (fault !== null)
    throw retell(fault, `${newer} Nor does it run on ${before.full}, which it has again: ${fault.message} Look at its log, and start it.`);
  return before;
}

/** What kept it from starting, in the engine's own words, or null. */
export async function tryStart(inside: StepContext, id: string, key = ''): Promise<GuestboardError | null> {
  try {
    await inside.command(id, 'lifecycle.start', {}, { deadlineMs: dayMs, key });
    return null;
  } catch (error) {
    return asEnd(error);
  }
}

/** An engine that fails or stays away is an answer; everything else ends or repeats the step. */
function asEnd(error: unknown): GuestboardError {
  if (error instanceof GuestboardError && (error.code.startsWith('engine-') || error.code === 'deadline-passed')) return error;
  throw error;
}

/** What an engine says of itself names no instance and no way out. */
export function retell(fault: GuestboardError, sentence: string): GuestboardError {
  return new GuestboardError(fault.code, sentence, { detail: fault.detail, cause: fault });
}
