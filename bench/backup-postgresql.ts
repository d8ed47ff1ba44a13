import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Instance } from '#contract/resources/instance.ts';
import { run } from '#drivers/process/run.ts';
import { connect, connectAsFirstUser, readCa } from '../e2e/database-client.ts';
import { createInstance, operate, uniqueName, waitForOperation } from '../e2e/instances.ts';
import { getGuest } from '../e2e/processes.ts';
import { hourMs, type Peer, runAsGuest, timeRounds } from './backup-rounds.ts';
import { type Bench, type Benchmark, type Figure, median } from './figure.ts';
import { fillCache } from './fill-cache.ts';

const MiB = 1024 ** 2;
const copyAll =
  '/usr/lib/postgresql/15/bin/pg_basebackup -h "$1/run" -p "$3" -U guestboard_admin --no-manifest -c fast -X fetch -Ft -Z server-zstd:level=1,workers=2 -D - > "$2"';
const baseBackup: Peer = { title: 'pg_basebackup with zstd in the server, and sync', words: `${copyAll} && sync "$2"` };
/** Where the host has it: Debian's package pgbackrest. Two processes, zstd, no archive, everything in a folder of the guest. */
const backRest: Peer = {
  title: 'pgBackRest',
  words: `mkdir "$2" && settings="--stanza=peer --no-config --pg1-path=$1/data --pg1-socket-path=$1/run --pg1-port=$3 --pg1-user=guestboard_admin
      --pg1-database=postgres --repo1-path=$2/repository --lock-path=$2/lock --log-path=$2/log --log-level-console=error --log-level-file=off"
    pgbackrest $settings --no-online stanza-create && pgbackrest $settings --type=full --no-archive-check --repo1-retention-full=1 \
      --compress-type=zst --compress-level=1 --process-max=2 --start-fast backup && sync -f "$2"`,
};

/** A full backup of Debian's PostgreSQL to local storage, sealed and checksummed, beside others' of the same data in the same run; and back. */
export const backupPostgresql: Benchmark = {
  name: 'backup-postgresql',
  async run(bench) {
    const { rest, isQuick } = bench;
    const instance = await createInstance(rest, { version: '15', flavorId: 'gb.2g', volumeBytes: 16 * 1024 ** 3 });
    await fill(bench, instance, isQuick ? 10 : 130);
    const peers = [baseBackup, ...(existsSync('/usr/bin/pgbackrest') ? [backRest] : [])];
    const made = await timeRounds(bench, instance, peers);
    const restored = await timeRestores(bench, instance, made.backupId);
    const rate = (seconds: number) => `${(made.sourceBytes / 1e6 / seconds).toFixed(0)} MB/s`;
    const whole = { median: null, p99: null, n: made.rounds, peer: null, remark: null };
    const against = ({ title }: Peer, atLeast: number): Figure => {
      const seconds = made.peerSeconds.get(title) ?? Number.NaN;
      return {
        ...whole,
        figure: `PostgreSQL full backup of ${(made.sourceBytes / 1e9).toFixed(1)} GB, sealed, against ${title}`,
        unit: '%',
        value: (100 * seconds) / made.seconds,
        bar: { atLeast },
        barOf: '% of its speed',
        peer: `${title}: ${rate(seconds)}`,
        remark: `${rate(made.seconds)} of the source; ${made.cpuSeconds.toFixed(1)} s of processor time in the agent`,
      };
    };
    return [
      ...peers.map((peer) => against(peer, peer === backRest ? 100 : 85)),
      {
        ...whole,
        figure: "agent's resident memory while streaming",
        unit: 'MiB',
        value: made.mostMemoryMiB,
        bar: { atMost: 160 },
        barOf: 'MiB, most',
      },
      {
        ...whole,
        n: restored.rounds,
        figure: 'restore → first query, against unpacking alone',
        unit: '×',
        value: restored.seconds / restored.unpackSeconds,
        bar: { atMost: 1.25 },
        barOf: '×',
        peer: `zstd -dc | tar x, sync: ${restored.unpackSeconds.toFixed(1)} s`,
        remark: `${restored.seconds.toFixed(1)} s`,
      },
    ];
  },
};

/** The accounts of pgbench at this scale, and a third as much of random words: what packs to a sixth, as tables often do. */
async function fill({ rest }: Bench, instance: Instance, scale: number): Promise<void> {
  const client = await connectAsFirstUser(rest, instance);
  await client.query(`create table accounts as
    select aid, (aid - 1) / 100000 + 1 as bid, 0 as balance, ''::char(84) as filler from generate_series(1, ${scale * 100_000}) aid`);
  await client.query('create unique index on accounts (aid)');
  await client.query(`create table many as select n, md5(n::text) as one, md5((n * 7)::text) as two, repeat('all work and no play ', 6) as words
    from generate_series(1, ${scale * 30_000}) n`);
  await client.query('create index on many (n)');
  await client.query('vacuum accounts, many');
  await client.end();
}

/** From the click to the first answer; beside it, zstd and tar alone on the same bytes, packed by the peer. Medians, in turn. */
async function timeRestores(bench: Bench, source: Instance, backupId: string, rounds = 3) {
  const each: { seconds: number; unpackSeconds: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const made = { ...(await timeRestore(bench, source, backupId)), unpackSeconds: await timeUnpacking(bench, source) };
    each.push(made);
    bench.say(`        restored in ${made.seconds.toFixed(1)} s (${made.steps}), unpacked alone in ${made.unpackSeconds.toFixed(1)} s`);
  }
  const middle = (key: 'seconds' | 'unpackSeconds') => median(each.map((made) => made[key]));
  return { seconds: middle('seconds'), unpackSeconds: middle('unpackSeconds'), rounds };
}

async function timeRestore(bench: Bench, source: Instance, backupId: string) {
  const { rest } = bench;
  await fillCache(bench.folder);
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
  const ended = await waitForOperation(rest, started.operation.id, { deadlineMs: hourMs });
  const copy = await rest('getInstance', { path: { instanceId: started.instanceId ?? '' } });
  const { password } = await rest('revealPassword', { path: { instanceId: source.id }, body: { user: 'keeper' } });
  const client = await connect(copy, await readCa(rest, source.projectId), { user: 'keeper', password, database: 'shop' });
  await client.query('select 1 from many limit 1');
  const seconds = (performance.now() - startedAt) / 1000;
  await client.end();
  await operate(rest, copy.id, 'delete-instance', { confirmName: copy.name });
  const steps = ended.steps.map(
    ({ key, startedAt, endedAt }) => `${key} ${((Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '')) / 1000).toFixed(1)}`,
  );
  return { seconds, steps: steps.join(', ') };
}

async function timeUnpacking(bench: Bench, source: Instance): Promise<number> {
  const folder = await mkdtemp(path.join(bench.folder, 'unpack-'));
  const file = path.join(folder, 'peer.tar.zst');
  try {
    const made = path.join(getGuest(bench.product.data, source.id).folder, 'tmp', 'peer.tar.zst');
    await runAsGuest(bench, source, 'pg_basebackup', copyAll, made);
    await run('/bin/mv', [made, file], { deadlineMs: hourMs });
    for await (const _ of createReadStream(file, { highWaterMark: MiB })) void _;
    await fillCache(bench.folder);
    const startedAt = performance.now();
    const words = 'mkdir "$2" && zstd -q -dc "$1" | tar x -C "$2" && sync -f "$2"';
    const { code, stderr } = await run('/bin/sh', ['-c', words, 'peer', file, path.join(folder, 'data')], { deadlineMs: hourMs });
    if (code !== 0) throw new Error(`Unpacking ended with ${code}: ${stderr}`);
    return (performance.now() - startedAt) / 1000;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
