import { operate } from '../e2e/instances.ts';
import { getAgent, getGuest, type Process } from '../e2e/processes.ts';
import { listProcesses, signal } from '../launcher/process-identity.mjs';
import { readCpuSeconds, readTreeCpuSeconds } from './cpu-time.ts';
import type { Benchmark } from './figure.ts';
import { createOneOfEach } from './one-of-each.ts';

/**
 * What a sample a second costs while nobody uses the database: CPU time of the agent, and of its engine beyond what the
 * engine takes for itself while its agent is stopped by a signal.
 */
export const monitoring: Benchmark = {
  name: 'monitoring',
  async run({ rest, product, isQuick, say }) {
    const seconds = isQuick ? 10 : 60;
    const measured = (await createOneOfEach(rest)).map((made) => {
      const agent = getAgent(getGuest(product.data, made.instance.id));
      return { ...made, agent, engine: getEngine(agent) };
    });
    // What the creation left to do is done.
    await pause(10);
    const watched = await Promise.all(measured.map(async ({ agent, engine }) => measure(agent, engine, seconds)));
    for (const { agent } of measured) signal(agent, 'SIGSTOP');
    const alone = await Promise.all(measured.map(async ({ agent, engine }) => measure(agent, engine, seconds)));
    for (const { agent } of measured) signal(agent, 'SIGCONT');
    for (const { instance } of measured) await operate(rest, instance.id, 'delete-instance', { confirmName: instance.name });
    return measured.map(({ title }, index) => {
      const [watching, unwatched] = [watched[index], alone[index]];
      if (!watching || !unwatched) throw new Error(`${title} was not measured.`);
      const engine = Math.max(0, watching.engine - unwatched.engine);
      say(
        `        ${title}: agent ${watching.agent.toFixed(2)} %, engine ${watching.engine.toFixed(2)} %, unwatched ${unwatched.engine.toFixed(2)} %`,
      );
      return {
        figure: `monitoring at one sample per second, ${title}`,
        unit: '% of a core',
        value: watching.agent + engine,
        median: null,
        p99: null,
        n: seconds,
        bar: { atMost: 1 },
        barOf: '% of a core',
        peer: null,
        remark: `agent ${watching.agent.toFixed(2)}, engine ${engine.toFixed(2)}; over ${seconds} s`,
      };
    });
  },
};

/** Percent of one core over that time. */
async function measure(agent: Process, engine: Process, seconds: number): Promise<{ agent: number; engine: number }> {
  const read = () => ({ agent: readCpuSeconds(agent.pid), engine: readTreeCpuSeconds(engine.pid) });
  const from = read();
  await pause(seconds);
  const to = read();
  return { agent: (100 * (to.agent - from.agent)) / seconds, engine: (100 * (to.engine - from.engine)) / seconds };
}

/** The agent has one lasting child: the database. */
function getEngine(agent: Process): Process {
  const found: Process | undefined = listProcesses().find((candidate: Process) => candidate.parent === agent.pid);
  if (!found) throw new Error(`The agent ${agent.pid} has no database.`);
  return found;
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
