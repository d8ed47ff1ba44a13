import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeCompute } from '../compute.testsuite.ts';
import { localProcess } from './local-process.ts';
import { choosePlaces } from './places.ts';

const dataFolder = mkdtempSync('/tmp/gb-compute-');
chmodSync(dataFolder, 0o755);
const agentProgram = path.join(dataFolder, 'agent.mjs');
writeFileSync(agentProgram, 'setInterval(() => {}, 1000);\n');
const compute = localProcess({ dataFolder, agentProgram });

afterAll(() => rmSync(dataFolder, { recursive: true, force: true }));

describeCompute('local-process', async () => ({
  compute,
  folderOf: (instanceId) => path.join(compute.places.guests, instanceId.slice(0, 8)),
  port: 27_950,
}));

test('a folder with something foreign in it is never used nor removed', async () => {
  const instanceId = randomUUID();
  const folder = path.join(compute.places.guests, instanceId.slice(0, 8));
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'precious'), 'kept');
  const [version] = await compute.listVersions();
  const identity = { instanceId, projectId: 'p', instanceName: 'n', datastore: 'postgresql' as const, version: version?.version ?? '' };
  const place = {
    port: 27_951,
    listenAddress: '127.0.0.1',
    peers: [],
    controlPlaneUrl: 'http://127.0.0.1:1',
    token: 't',
    heartbeatIntervalMs: 1000,
  };
  const size = { memoryBytes: 2 ** 29, cpus: 1, volumeBytes: 2 ** 30 };
  await expect(compute.create({ ...identity, ...place, size })).rejects.toMatchObject({ code: 'conflict' });
  await expect(compute.remove(instanceId)).rejects.toMatchObject({ code: 'conflict' });
  expect(existsSync(path.join(folder, 'precious'))).toBe(true);
  rmSync(folder, { recursive: true });
});

test('a data folder too deep for a socket’s path, or closed to the accounts, is replaced by one that is neither', () => {
  const deep = path.join(dataFolder, 'x'.repeat(120));
  const places = choosePlaces(deep, false);
  expect(places.base.startsWith(deep)).toBe(false);
  expect(choosePlaces(deep, false)).toEqual(places);
  rmSync(places.base, { recursive: true });
  const closed = path.join(dataFolder, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  const elsewhere = choosePlaces(path.join(closed, 'var'), true);
  expect(elsewhere.base.startsWith(closed)).toBe(false);
  expect(readdirSync(elsewhere.base).sort()).toEqual(['agents', 'backups', 'guests', 'programs']);
  rmSync(elsewhere.base, { recursive: true });
});
