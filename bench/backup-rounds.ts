import { readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from '#contract/resources/instance.ts';
import { run } from '#drivers/process/run.ts';
import { operate, uniqueName } from '../e2e/instances.ts';
import { getAgent, getGuest } from '../e2e/processes.ts';
import { readCpuSeconds } from './cpu-time.ts';
import { type Bench, median } from './figure.ts';
import { fillCache } from './fill-cache.ts';

export const hourMs = 3_600_000;

/** A program that makes the same copy, as shell words: `$1` is the guest's folder, `$2` a file on the same disk, `$3` the port. */
export type Peer = { title: string; words: string };
export type Rounds = {
  backupId: string;
  sourceBytes: number;
  seconds: number;
  /** By the peer's title. */
  peerSeconds: ReadonlyMap<string, number>;
  mostMemoryMiB: number;
  cpuSeconds: number;
  rounds: number;
};

/** Full backups in turn with each peer's; medians. */
export async function timeRounds(bench: Bench, instance: Instance, peers: readonly Peer[], rounds = 5): Promise<Rounds> {
  const ours: Ours[] = [];
  const times = new Map(peers.map(({ title }) => [title, [] as number[]]));
  // All copies stay until the end, theirs as ours: nobody writes into the warm pages of what was deleted.
  const copies: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const peer of peers) {
      const file = path.join(asGuest(bench, instance).folder, 'tmp', uniqueName('peer'));
      copies.push(file);
      times.get(peer.title)?.push(await timePeer(bench, instance, peer, file));
    }
    const made = await timeOurs(bench, instance);
    ours.push(made);
    const others = [...times].map(([title, each]) => `${title} ${each.at(-1)?.toFixed(2)} s`).join(', ');
    bench.say(
      `        ${(made.sourceBytes / 1e9).toFixed(2)} GB: ours ${made.seconds.toFixed(2)} s (${made.cpuSeconds.toFixed(1)} s of processor time, ${made.memoryMiB.toFixed(0)} MiB), ${others}`,
    );
  }
  for (const file of copies) await rm(file, { force: true, recursive: true });
  const last = ours.at(-1);
  if (last === undefined) throw new Error('No round was made.');
  return {
    backupId: last.backupId,
    sourceBytes: last.sourceBytes,
    seconds: median(ours.map(({ seconds }) => seconds)),
    peerSeconds: new Map([...times].map(([title, each]) => [title, median(each)])),
    mostMemoryMiB: Math.max(...ours.map(({ memoryMiB }) => memoryMiB)),
    cpuSeconds: median(ours.map(({ cpuSeconds }) => cpuSeconds)),
    rounds,
  };
}

type Ours = { backupId: string; sourceBytes: number; seconds: number; memoryMiB: number; cpuSeconds: number };

async function timeOurs(bench: Bench, instance: Instance): Promise<Ours> {
  const { rest, product } = bench;
  await settle(bench);
  const agent = getAgent(getGuest(product.data, instance.id)).pid;
  const watching = watchMemory(agent);
  const cpuBefore = readCpuSeconds(agent);
  // Its steps say when they began and ended: whoever asks ten times a second is timed with it.
  const ended = await operate(rest, instance.id, 'create-backup', { name: uniqueName('timed') }, { deadlineMs: hourMs, everyMs: 1000 });
  const [memoryMiB, cpuSeconds] = [watching.stop(), readCpuSeconds(agent) - cpuBefore];
  const { items } = await rest('listBackups', { query: { instance: instance.id } });
  const made = items.find(({ operationId }) => operationId === ended.id);
  const step = ended.steps.find(({ key }) => key === 'store');
  if (!made?.sourceBytes || !step?.startedAt || !step.endedAt) throw new Error('The backup tells no size or no time.');
  const seconds = (Date.parse(step.endedAt) - Date.parse(step.startedAt)) / 1000;
  return { backupId: made.id, sourceBytes: made.sourceBytes, seconds, memoryMiB, cpuSeconds };
}

async function timePeer(bench: Bench, instance: Instance, { title, words }: Peer, file: string): Promise<number> {
  await settle(bench);
  const startedAt = performance.now();
  await runAsGuest(bench, instance, title, words, file);
  return (performance.now() - startedAt) / 1000;
}

/** Each of them ends with a file of the log that is nearly empty, which the archive packs and stores: not while the next is timed. */
async function settle({ folder }: Bench): Promise<void> {
  await sleep(4000);
  await fillCache(folder);
}

/** Throws with what the program said unless it ended well. */
export async function runAsGuest(bench: Bench, instance: Instance, title: string, words: string, file: string): Promise<void> {
  const { folder, port, account } = asGuest(bench, instance);
  const { code, stderr, stdout } = await run('/bin/bash', ['-o', 'pipefail', '-c', words, 'peer', folder, file, String(port)], {
    deadlineMs: hourMs,
    account,
  });
  if (code !== 0) throw new Error(`${title} ended with ${code}: ${stderr} ${stdout}`);
}

function asGuest({ product }: Bench, instance: Instance) {
  const { folder, port } = getGuest(product.data, instance.id);
  const { uid, gid } = statSync(folder);
  return { folder, port, account: { uid, gid } };
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
