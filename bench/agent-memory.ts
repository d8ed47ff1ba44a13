import { readFileSync } from 'node:fs';
import { operate } from '../e2e/instances.ts';
import { getAgent, getGuest } from '../e2e/processes.ts';
import { type Benchmark, median } from './figure.ts';
import { createOneOfEach } from './one-of-each.ts';

/** Resident memory of a real agent of each engine with its driver connected and its heart beating, after ten minutes (one with --quick). */
export const agentMemory: Benchmark = {
  name: 'agent-memory',
  async run({ rest, product, isQuick, say }) {
    const measured = (await createOneOfEach(rest)).map((made) => {
      return { ...made, pid: getAgent(getGuest(product.data, made.instance.id)).pid, samples: [] as number[] };
    });
    const minutes = isQuick ? 1 : 10;
    for (let round = 1; round <= minutes * 12; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      for (const { pid, samples } of measured) samples.push(readResidentMiB(pid));
      const now = measured.map(({ title, samples }) => `${title} ${samples.at(-1)?.toFixed(1)} MiB`);
      if (round % 24 === 0) say(`        after ${round / 12} minutes: ${now.join(', ')}`);
    }
    for (const { instance } of measured) await operate(rest, instance.id, 'delete-instance', { confirmName: instance.name });
    return measured.map(({ title, samples }) => ({
      figure: `agent's resident memory after ${minutes === 1 ? 'one minute' : `${minutes} minutes`}, ${title}`,
      unit: 'MiB',
      value: Math.max(...samples.slice(-12)),
      median: median(samples),
      p99: null,
      n: samples.length,
      bar: { atMost: 70 },
      barOf: 'MiB, most of the last minute',
      peer: "88 MiB (Trove's agent)",
      remark: null,
    }));
  },
};

function readResidentMiB(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`Process ${pid} has no resident memory: it ended.`);
  return Number(kilobytes) / 1024;
}
