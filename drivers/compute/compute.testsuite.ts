import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DatastoreName } from '#contract/datastores/index.ts';
import { GuestIdentity } from '#contract/guest/identity.ts';
import type { Compute, GuestRequest } from './compute.ts';

export type ComputeBench = {
  compute: Compute;
  /** A folder of the guest as the control plane sees it. */
  folderOf(instanceId: string): string;
  port: number;
};

/** What every way to make guests must do. The agent of the bench only lives; it says where it is in `alive` of its folder. */
export function describeCompute(name: string, open: () => Promise<ComputeBench>): void {
  describe(`${name} compute`, () => {
    let bench: ComputeBench;
    let instanceId: string;

    beforeEach(async () => {
      bench = await open();
      instanceId = randomUUID();
    });
    afterEach(() => bench.compute.remove(instanceId));

    async function request(changed: Partial<GuestRequest> = {}): Promise<GuestRequest> {
      const [version] = await bench.compute.listVersions();
      if (!version) throw new Error('The host has no datastore version.');
      return {
        instanceId,
        projectId: 'suite',
        instanceName: 'suite',
        datastore: version.datastore,
        version: version.version,
        port: bench.port,
        listenAddress: '127.0.0.1',
        peers: [],
        controlPlaneUrl: 'http://127.0.0.1:1',
        token: 'first',
        heartbeatIntervalMs: 1000,
        size: { memoryBytes: 512 * 2 ** 20, cpus: 0.5, volumeBytes: 2 ** 30 },
        ...changed,
      };
    }
    const readIdentity = () =>
      GuestIdentity.parse(JSON.parse(readFileSync(path.join(bench.folderOf(instanceId), 'identity.json'), 'utf8')));

    test('finds versions with the programs to run them', async () => {
      const versions = await bench.compute.listVersions();
      expect(versions.length).toBeGreaterThan(0);
      const programs: Partial<Record<DatastoreName, string>> = {
        postgresql: 'initdb',
        mariadb: 'mariadbd',
        mysql: 'mysqld',
        redis: 'redis-check-rdb',
      };
      for (const { datastore, binFolder, version, full } of versions) {
        expect(existsSync(path.join(binFolder, programs[datastore] ?? ''))).toBe(true);
        expect(full.startsWith(version)).toBe(true);
      }
      expect(new Set(versions.map(({ datastore, version }) => `${datastore} ${version}`)).size).toBe(versions.length);
    });

    test('makes a guest whose identity only its account can read, with an agent that lives', async () => {
      await bench.compute.create(await request());
      const identity = readIdentity();
      expect(identity).toMatchObject({ instanceId, token: 'first', port: bench.port });
      const file = statSync(path.join(identity.folder, 'identity.json'));
      expect(file.mode & 0o777).toBe(0o600);
      expect(statSync(identity.folder).mode & 0o777).toBe(0o700);
      expect(Buffer.byteLength(`${identity.folder}/run/.s.PGSQL.32767.lock`)).toBeLessThanOrEqual(107);
      expect((await bench.compute.probe(instanceId)).agentPid).not.toBeNull();
      if (bench.compute.isolation.accounts) {
        expect(file.uid).not.toBe(0);
        const { agentPid } = await bench.compute.probe(instanceId);
        // What it is started by becomes the account, and then the agent.
        await vi.waitFor(() => expect(statSync(`/proc/${agentPid}`).uid).toBe(file.uid), 10_000);
      }
    });

    test('asked again, replaces the agent by one with the new token and leaves the folder', async () => {
      await bench.compute.create(await request());
      const first = (await bench.compute.probe(instanceId)).agentPid;
      await bench.compute.create(await request({ token: 'second' }));
      const second = await bench.compute.probe(instanceId);
      expect(readIdentity().token).toBe('second');
      expect(second.agentPid).not.toBe(first);
      expect(second.processes).toBe(1);
    });

    test('knows guests for which nothing runs any more', async () => {
      await bench.compute.create(await request());
      expect(await bench.compute.listIdle([instanceId, randomUUID()])).toEqual([]);
      process.kill((await bench.compute.probe(instanceId)).agentPid ?? 0, 'SIGKILL');
      await expect.poll(() => bench.compute.listIdle([instanceId])).toEqual([instanceId]);
    });

    test('starts a dead agent again, once, and leaves a living one alone', async () => {
      await bench.compute.create(await request());
      expect(await bench.compute.ensure(instanceId)).toBe('running');
      process.kill((await bench.compute.probe(instanceId)).agentPid ?? 0, 'SIGKILL');
      await expect.poll(async () => (await bench.compute.probe(instanceId)).agentPid).toBeNull();
      const answers = await Promise.all([bench.compute.ensure(instanceId), bench.compute.ensure(instanceId)]);
      expect(answers).toEqual(['started', 'started']);
      expect((await bench.compute.probe(instanceId)).processes).toBe(1);
      expect(await bench.compute.ensure(randomUUID())).toBe('absent');
    });

    test('replaces an agent that hangs, and not the one that has taken its place', async () => {
      await bench.compute.create(await request());
      const { agentPid } = await bench.compute.probe(instanceId);
      process.kill(agentPid ?? 0, 'SIGSTOP');
      expect(await bench.compute.ensure(instanceId, 60_000)).toBe('running');
      expect(await bench.compute.ensure(instanceId, 0)).toBe('replaced');
      const replaced = await bench.compute.probe(instanceId);
      expect(replaced.agentPid).not.toBe(agentPid);
      expect(replaced.processes).toBe(1);
      expect(await bench.compute.ensure(instanceId, 60_000)).toBe('running');
      expect((await bench.compute.probe(instanceId)).agentPid).toBe(replaced.agentPid);
    });

    test('removes everything, and again without complaint', async () => {
      await bench.compute.create(await request());
      const folder = bench.folderOf(instanceId);
      await bench.compute.remove(instanceId);
      expect(existsSync(folder)).toBe(false);
      expect(await bench.compute.probe(instanceId)).toEqual({ folder: null, agentPid: null, processes: 0 });
      expect(await bench.compute.ensure(instanceId)).toBe('absent');
      await bench.compute.remove(instanceId);
    });

    test('refuses a version the host has not', async () => {
      await expect(bench.compute.create(await request({ version: '7' }))).rejects.toMatchObject({ code: 'version-unavailable' });
    });
  });
}
