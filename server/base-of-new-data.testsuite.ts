import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Guests } from './guests.ts';
import type { ArchiveReport } from './store/archives.ts';
import type { TestServer } from './test-server.testsuite.ts';
import { backUpNewData } from './workflows/back-up-new-data.ts';
import { createStepContext } from './workflows/step-context.ts';
import type { WorkflowTools } from './workflows/workflow.ts';

/** An instance of a project, and what its guest says of its archive. */
type Exchanged = {
  server: TestServer;
  instanceId: string;
  nowMs: number;
  report(spans: Partial<ArchiveReport['spans'][number]>[]): Promise<void>;
};

/** On real guests the new archive is nearly always there first. */
export function testBaseOfNewData(get: () => Exchanged): void {
  test('where other data was put in place, the copy of it waits for the archive of that data, not for the one that has not ended yet', async () => {
    const { server, instanceId, nowMs, report } = get();
    const { store } = server;
    const [operationId, old] = [randomUUID(), randomUUID()];
    await report([{ id: old, toMs: nowMs }]);
    let [looks, archivedAnew] = [0, false];
    const findReach = async (id: string) => {
      looks += 1;
      if (looks === 2) {
        await report([{ id: old, toMs: nowMs, endedAtMs: nowMs, endReason: 'Restored in place.' }]);
        await report([{ fromMs: Date.now(), toMs: Date.now() }]);
        archivedAnew = true;
      }
      return store.archives.findReach(id);
    };
    let begunAnew: boolean | null = null;
    const guests = {
      query: async () => ({}),
      run: async () => {
        begunAnew = archivedAnew;
        return { manifest: null };
      },
    } as unknown as Guests;
    const execution = { operationId, epoch: 1, attempt: 1 };
    const inside = createStepContext({
      guests,
      execution,
      stepKey: 'back-up',
      isStep: true,
      isCancelled: async () => false,
      say: async () => {},
    });
    const instance = await store.instances.findForControlPlane(instanceId);
    if (instance === null) throw new Error('The instance of the test is gone.');
    const tools = { store: { ...store, archives: { ...store.archives, findReach } } } as WorkflowTools;
    await backUpNewData({ tools, operationId, actor, instance: async () => instance }, inside);
    expect(begunAnew).toBe(true);
  });
}

const actor = { accountId: 't', name: 'tester', operator: true, memberships: [], tokenId: null };
