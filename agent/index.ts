import { startAgent } from './agent.ts';
import { takeAgentLock } from './agent-lock.ts';
import { readConfig } from './config.ts';
import { engines } from './engines/index.ts';
import { keepHeapSmall } from './small-heap.ts';

const log = (sentence: string) => console.log(`${new Date().toISOString()} ${sentence}`);

/** The guest agent: one per guest, started detached by the compute driver. SIGTERM ends it; the database runs on. */
async function main() {
  keepHeapSmall();
  // The terminal or the log that we were started with may go away; we do not.
  process.on('SIGHUP', () => {});
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  process.on('unhandledRejection', (reason) => log(`A promise was forgotten: ${reason instanceof Error ? reason.stack : String(reason)}`));

  const { identity, agentVersion } = readConfig();
  const lock = takeAgentLock(identity.folder);
  const { createEngine } = await engines[identity.datastore]();
  const agent = await startAgent({ identity, agentVersion, createEngine, log });
  log(`Agent ${agentVersion} serves ${identity.instanceName} (${identity.instanceId}), process ${process.pid}.`);

  let ending = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      log(`${signal}: the agent ends, the database runs on.`);
      setTimeout(() => process.exit(0), 5000).unref();
      void agent
        .stop()
        .catch((error: unknown) => log(`The agent did not end in order: ${String(error)}`))
        .finally(() => {
          lock.release();
          process.exit(0);
        });
    });
  }
}

main().catch((error: unknown) => {
  log(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
