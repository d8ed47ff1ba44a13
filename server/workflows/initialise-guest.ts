import type { CommandInput } from '#contract/guest/commands.ts';
import { toSize } from './sizes.ts';
import type { StepContext, WorkflowContext } from './workflow.ts';

/** Gives a guest its certificate, its configuration and its first data, by one command. */
export async function initialiseGuest(
  { instance: getInstance, tools }: Pick<WorkflowContext, 'instance' | 'tools'>,
  step: StepContext,
  data: CommandInput<'lifecycle.initialise'>['data'],
  deadlineMs: number,
): Promise<void> {
  const { store } = tools;
  const instance = await getInstance();
  const { certificatePem, keyPem, caPem } = await tools.certificates.issue(instance);
  const group =
    instance.configurationGroupId === null ? null : await store.configurationGroups.findForControlPlane(instance.configurationGroupId);
  // Sealed for the way to the guest only.
  const keySecretId = await store.transact((tx) => store.secrets.seal(tx, instance.projectId, keyPem));
  await step.command(
    instance.id,
    'lifecycle.initialise',
    {
      size: toSize(instance),
      tls: { certificatePem, key: { password: { secretId: keySecretId } }, caPem },
      allowedCidrs: instance.allowedCidrs,
      parameters: group?.values ?? {},
      data,
    },
    { deadlineMs },
  );
  await store.transact(async (tx) => {
    await store.secrets.forget(tx, [keySecretId]);
    if (group !== null) await store.instances.change(tx, instance.id, { appliedValues: group.values });
  });
}
