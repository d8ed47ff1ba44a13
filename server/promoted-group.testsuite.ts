import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { GuestboardError } from '#contract/errors.ts';
import type { TestServer } from './test-server.testsuite.ts';
import { promoteReplica } from './workflows/promote-replica.ts';
import type { StepContext, WorkflowContext, WorkflowTools } from './workflows/workflow.ts';

const actor = { accountId: 't', name: 'tester', operator: true, memberships: [], tokenId: null };

/** What became of the set when its guests answered so; they are asked for nothing else. */
export function testPromotedGroup(get: () => { server: TestServer; projectId: string; instanceId: string }): void {
  test.each([
    [null, { work_mem: '8MB' }],
    ['The file is read-only.', null],
  ])(
    'a replica without a configuration group is promoted with its source’s, where applying it fails with %o',
    async (fails, appliedValues) => {
      const { server, projectId, instanceId } = get();
      const { store } = server;
      const [groupId, operationId] = [randomUUID(), randomUUID()];
      const id = await server.addInstance(projectId, `replica-${groupId.slice(0, 8)}`);
      await store.transact(async (tx) => {
        const group = { id: groupId, projectId, name: 'fast', datastore: 'postgresql' as const, values: { work_mem: '8MB' } };
        await store.configurationGroups.insert(tx, group);
        await store.instances.change(tx, instanceId, { role: 'source', configurationGroupId: groupId });
        await store.instances.change(tx, id, { role: 'replica', sourceId: instanceId, appliedValues: {} });
      });
      const instance = async () => (await store.instances.listOfProject(projectId)).find((one) => one.id === id) as never;
      const command = async (_id: string, name: string) => {
        if (name === 'configuration.apply' && fails !== null) throw new GuestboardError('engine-error', fails);
        return { position: '0/1', copyPort: null, restartRequired: true };
      };
      const step = { command, tryCommand: command, waitFor: async () => null } as unknown as StepContext;
      const tools = { store, certificates: { getCaPem: async () => '' } } as unknown as WorkflowTools;
      const context = {
        tools,
        projectId,
        operationId,
        actor,
        instance,
        step: (_key: string, run: (step: StepContext) => unknown) => run(step),
      };
      // Nobody reports here.
      await expect(promoteReplica.run(context as unknown as WorkflowContext<'promote-replica'>)).rejects.toThrow(/not reported yet/);
      expect(await instance()).toMatchObject({ role: 'source', configurationGroupId: groupId, appliedValues });
      const said = (await store.events.list(id, { limit: 50 })).items.filter(({ code }) => code === 'group-not-applied');
      expect(said.map(({ sentence }) => sentence)).toEqual(fails === null ? [] : [expect.stringMatching(/fast .*read-only.* Apply it on/)]);
    },
  );
}
