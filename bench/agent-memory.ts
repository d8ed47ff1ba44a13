import { readFileSync } from 'node:fs';
import { createInstance, operate } from '../e2e/instances.ts';
import { getAgent, getGuest } from '../e2e/processes.ts';
import { type Benchmark, median } from './figure.ts';

/** Resident memory of a real agent with its driver connected and its heart beating, after ten minutes (one with --quick). */
export const agentMemory: Benchmark = {
  name: 'agent-memory',
  async run({ rest, product, isQuick, say }) {
    const instance = await createInstance(rest);
    const agent = getAgent(getGuest(product.data, instance.id));
    const minutes = isQuick ? 1 : 10;
    const samples: number[] = [];
    const end = Date.now() + minutes * 60_000;
    while (Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      samples.push(readResidentMiB(agent.pid));
      if (samples.length % 24 === 0) say(`        ${samples.at(-1)?.toFixed(1)} MiB after ${(samples.length * 5) / 60} minutes`);
    }
    await operate(rest, instance.id, 'delete-instance', { confirmName: instance.name });
    const lastMinute = samples.slice(-12);
    return [
      {
        figure: `agent's resident memory after ${minutes === 1 ? 'one minute' : `${minutes} minutes`}`,
        unit: 'MiB',
        value: Math.max(...lastMinute),
        median: median(samples),
        p99: null,
        n: samples.length,
        bar: { atMost: 70 },
        barOf: 'MiB, most of the last minute',
        peer: "88 MiB (Trove's agent)",
        remark: null,
      },
    ];
  },
};

function readResidentMiB(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kilobytes === undefined) throw new Error(`Process ${pid} has no resident memory: it ended.`);
  return Number(kilobytes) / 1024;
}
