import { createReadStream, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Instance } from '#contract/resources/instance.ts';
import { run } from '#drivers/process/run.ts';
import { connect, connectAsFirstUser, readCa } from '../e2e/database-client.ts';
import { createInstance, operate, uniqueName, waitForOperation } from '../e2e/instances.ts';
import { getAgent, getGuest } from '../e2e/processes.ts';
import { type Bench, type Benchmark, type Figure, median } from './figure.ts';

const hourMs = 3_600_000;
const MiB = 1024 ** 2;

/** A full backup of Debian's PostgreSQL to local storage, sealed and checksummed, beside `pg_basebackup` packing in the server; and back. */
export const backup: Benchmark = {
  name: 'backup',
  async run(bench) {
    const { rest, product, isQuick, say } = bench;
    const instance = await createInstance(rest, { version: '15', flavorId: 'gb.2g', volumeBytes: 16 * 1024 ** 3 });
    const rows = isQuick ? 1_000_000 : 13_000_000;
    await fill(bench, instance, rows);
    const agent = getAgent(getGuest(product.data, instance.id)).pid;
    const [ours, peers, memory]: [number[], number[], number[]] = [[], [], []];
    let backupId = '';
    let sourceBytes = 0;
    for (let round = 0; round < 3; round += 1) {
      peers.push(await timePeer(bench, instance));
      const watching = watchMemory(agent);
      const ended = await operate(rest, instance.id, 'create-backup', { name: uniqueName('timed') }, hourMs);
      memory.push(watching.stop());
      const made = (await rest('listBackups', { query: { instance: instance.id } })).items.find(
        ({ operationId }) => operationId === ended.id,
      );
      const step = ended.steps.find(({ key }) => key === 'store');
      if (!made?.sourceBytes || !step?.startedAt || !step.endedAt) throw new Error('The backup tells no size or no time.');
      backupId = made.id;
      sourceBytes = made.sourceBytes;
      ours.push((Date.parse(step.endedAt) - Date.parse(step.startedAt)) / 1000);
      say(`        ${(sourceBytes / 1e9).toFixed(2)} GB: ours ${ours.at(-1)?.toFixed(2)} s, pg_basebackup ${peers.at(-1)?.toFixed(2)} s`);
    }
    const restored = await timeRestore(bench, instance, backupId);
    const share = (100 * median(peers)) / median(ours);
    const rate = (seconds: number) => sourceBytes / 1e6 / seconds;
    const whole = { median: null, p99: null, n: ours.length, peer: null, remark: null };
    const figures: Figure[] = [
      {
        ...whole,
        figure: `PostgreSQL full backup of ${(sourceBytes / 1e9).toFixed(1)} GB, sealed, against pg_basebackup with zstd in the server`,
        unit: '%',
        value: share,
        bar: { atLeast: 85 },
        barOf: '% of its speed',
        peer: `pg_basebackup ${rate(median(peers)).toFixed(0)} MB/s`,
        remark: `${rate(median(ours)).toFixed(0)} MB/s of the source`,
      },
      {
        ...whole,
        figure: "agent's resident memory while streaming",
        unit: 'MiB',
        value: Math.max(...memory),
        bar: { atMost: 160 },
        barOf: 'MiB, most',
      },
      {
        ...whole,
        n: 1,
        figure: 'restore → first query, against unpacking alone',
        unit: '×',
        value: restored.seconds / restored.unpackSeconds,
        bar: { atMost: 1.25 },
        barOf: '×',
        peer: `zstd -dc | tar x, sync: ${restored.unpackSeconds.toFixed(1)} s`,
        remark: `${restored.seconds.toFixed(1)} s`,
      },
    ];
    return figures;
  },
};

/** Rows of some 230 bytes, half of them words that pack well. */
async function fill({ rest }: Bench, instance: Instance, rows: number): Promise<void> {
  const client = await connectAsFirstUser(rest, instance);
  await client.query(`create table many as select n, md5(n::text) as one, md5((n * 7)::text) as two, repeat('all work and no play ', 6) as words
    from generate_series(1, ${rows}) n`);
  await client.query('create index on many (n)');
  await client.query('vacuum many');
  await client.end();
}

function asGuest({ product }: Bench, instance: Instance) {
  const guest = getGuest(product.data, instance.id);
  const { uid, gid } = statSync(guest.folder);
  return { guest, account: { uid, gid } };
}

/** The same copy by PostgreSQL's own program, to a file on the same disk. */
async function timePeer(bench: Bench, instance: Instance): Promise<number> {
  const { guest, account } = asGuest(bench, instance);
  const file = path.join(guest.folder, 'tmp', 'peer.tar.zst');
  const words = `exec /usr/lib/postgresql/15/bin/pg_basebackup -h "$1" -p ${guest.port} -U guestboard_admin --no-manifest -c fast -X fetch -Ft -Z server-zstd:level=1,workers=2 -D - > "$2"`;
  const startedAt = performance.now();
  const { code, stderr } = await run('/bin/sh', ['-c', words, 'peer', path.join(guest.folder, 'run'), file], {
    deadlineMs: hourMs,
    account,
  });
  const seconds = (performance.now() - startedAt) / 1000;
  await rm(file, { force: true });
  if (code !== 0) throw new Error(`pg_basebackup ended with ${code}: ${stderr}`);
  return seconds;
}

/** From the click to the first answer; beside it, zstd and tar alone on the same bytes, packed by the peer. */
async function timeRestore(bench: Bench, source: Instance, backupId: string) {
  const { rest } = bench;
  const startedAt = performance.now();
  const started = await rest('createInstance', {
    body: {
      projectId: source.projectId,
      input: {
        name: uniqueName('back'),
        datastore: source.datastore,
        version: source.version,
        flavorId: source.flavorId,
        volumeBytes: source.volumeBytes,
        from: { kind: 'backup', backupId },
      },
    },
  });
  if (!('operation' in started)) throw new Error('Creating an instance answered a plan.');
  await waitForOperation(rest, started.operation.id, hourMs);
  const copy = await rest('getInstance', { path: { instanceId: started.instanceId ?? '' } });
  const { password } = await rest('revealPassword', { path: { instanceId: source.id }, body: { user: 'keeper' } });
  const client = await connect(copy, await readCa(rest, source.projectId), { user: 'keeper', password, database: 'shop' });
  await client.query('select 1 from many limit 1');
  const seconds = (performance.now() - startedAt) / 1000;
  await client.end();
  return { seconds, unpackSeconds: await timeUnpacking(bench, source) };
}

async function timeUnpacking(bench: Bench, source: Instance): Promise<number> {
  const { guest, account } = asGuest(bench, source);
  const folder = await mkdtemp(path.join(bench.folder, 'unpack-'));
  const file = path.join(folder, 'peer.tar.zst');
  try {
    const make = `/usr/lib/postgresql/15/bin/pg_basebackup -h "$1" -p ${guest.port} -U guestboard_admin --no-manifest -c fast -X fetch -Ft -Z server-zstd:level=1,workers=2 -D -`;
    const made = path.join(guest.folder, 'tmp', 'peer.tar.zst');
    await run('/bin/sh', ['-c', `exec ${make} > "$2"`, 'peer', path.join(guest.folder, 'run'), made], { deadlineMs: hourMs, account });
    await run('/bin/mv', [made, file], { deadlineMs: hourMs });
    for await (const _ of createReadStream(file, { highWaterMark: MiB })) void _;
    const startedAt = performance.now();
    const { code, stderr } = await run(
      '/bin/sh',
      ['-c', 'mkdir "$2" && zstd -q -dc "$1" | tar x -C "$2" && sync -f "$2"', 'peer', file, path.join(folder, 'data')],
      {
        deadlineMs: hourMs,
      },
    );
    if (code !== 0) throw new Error(`Unpacking ended with ${code}: ${stderr}`);
    return (performance.now() - startedAt) / 1000;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function watchMemory(pid: number) {
  let most = 0;
  const look = () => {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    most = Math.max(most, Number(kilobytes ?? 0) / 1024);
  };
  const timer = setInterval(look, 100);
  return {
    stop() {
      clearInterval(timer);
      look();
      return most;
    },
  };
}
