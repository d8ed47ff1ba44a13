import { toFault } from '#contract/errors.ts';
import type { Compute } from '#drivers/compute/compute.ts';
import { createAgentKeeper } from './agent-keeper.ts';
import { createArchiveSweep } from './archive-sweep.ts';
import { createArchiving } from './archiving.ts';
import { createBackupLimits } from './backup-limits.ts';
import type { Conductor } from './conductor/conductor.ts';
import type { Guests } from './guests.ts';
import type { Log } from './log.ts';
import { createMissingBackups } from './missing-backups.ts';
import { createOrphanSweep } from './orphan-sweep.ts';
import { createOwedBackups } from './owed-backups.ts';
import type { RecoveryDuty } from './recovery/duty.ts';
import { createScheduledBackups } from './scheduled-backups.ts';
import { createScheduledRetention } from './scheduled-retention.ts';
import type { Store } from './store/store.ts';
import type { Runtime } from './workflows/runtime.ts';
import type { WorkflowTools } from './workflows/workflow.ts';

type ScheduleOptions = {
  store: Store;
  guests: Guests;
  conductor: Conductor;
  runtime: Runtime;
  compute: Compute;
  recovery?: Pick<RecoveryDuty, 'runDue'> | undefined;
  openStorage: WorkflowTools['openStorage'];
  log: Log;
  replicaId: string;
  hostName: string;
  countAgents(): number;
};
type Duty = { name: string; everyMs: number; firstAfterMs?: number; run(): Promise<unknown> };

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const agentsEveryMs = 2 * secondMs;

/** Every periodic duty of a server, in one list. Each waits for itself; one that fails is tried again at its next turn. */
export function startSchedule(options: ScheduleOptions) {
  const { store, guests, conductor, runtime, compute, recovery, log, replicaId, hostName } = options;

  const scheduled = createScheduledBackups({ store, log });
  const owed = createOwedBackups({ store, log });
  const archives = createArchiving({ store, guests, log });
  const limits = createBackupLimits({ store, guests, log });
  const sweep = createArchiveSweep({ store, openStorage: options.openStorage, log });
  const orphans = createOrphanSweep({ store, openStorage: options.openStorage, log });
  const missing = createMissingBackups({ store, openStorage: options.openStorage, log });
  const retention = createScheduledRetention({ store, log });
  const keepAgents = createAgentKeeper({ store, compute, hostName, everyMs: agentsEveryMs, log });

  async function adoptDead(): Promise<void> {
    const dead = await store.replicas.listDead(replicaId);
    if (dead.length === 0) return;
    await runtime.adopt(dead);
    // Its row goes last: whoever dies in between leaves it to the next one.
    for (const id of dead) await store.replicas.removeDead(id);
  }

  const duties: Duty[] = [
    { name: 'start operations', everyMs: secondMs, run: () => runtime.startWaiting() },
    { name: 'deliver commands', everyMs: secondMs, run: () => guests.deliverWaiting() },
    // Agents that lost us with the last server need a moment to come back: they are not silent yet.
    { name: 'mark the silent', everyMs: secondMs, firstAfterMs: 6 * secondMs, run: () => conductor.sweepSilent() },
    // Silence shows three to four seconds after the last report, and this a second later: who watches sees what happened, not only that it is over.
    { name: 'keep agents alive', everyMs: agentsEveryMs, firstAfterMs: agentsEveryMs, run: () => keepAgents(5 * secondMs) },
    { name: 'beat', everyMs: secondMs, run: () => store.replicas.beat(replicaId, options.countAgents(), conductor.counters()) },
    { name: 'adopt', everyMs: 2 * secondMs, firstAfterMs: 5 * secondMs, run: adoptDead },
    { name: 'end the lost', everyMs: minuteMs, firstAfterMs: 30 * secondMs, run: () => runtime.startLost() },
    { name: 'keep archives', everyMs: secondMs, run: () => archives.tellHeld() },
    { name: 'keep backup limits', everyMs: secondMs, run: () => limits.tellHeld() },
    // Agents are given their time to come back before anybody is told that a run was missed because one is silent.
    { name: 'run backup schedules', everyMs: secondMs, firstAfterMs: 6 * secondMs, run: () => scheduled.runDue() },
    { name: 'make owed backups', everyMs: secondMs, firstAfterMs: 6 * secondMs, run: () => owed.runDue() },
    { name: 'settle scheduled backups', everyMs: secondMs, firstAfterMs: 3 * secondMs, run: () => retention.settleEnded() },
    { name: 'save the control plane', everyMs: 2 * secondMs, firstAfterMs: 10 * secondMs, run: async () => recovery?.runDue() },
    { name: 'remove scratch guests', everyMs: 10 * secondMs, run: () => runtime.sweepScratch() },
    { name: 'sweep archives', everyMs: 10 * secondMs, run: () => sweep(false) },
    { name: 'thin archives', everyMs: 10 * minuteMs, firstAfterMs: minuteMs, run: () => sweep(true) },
    { name: 'sweep storages', everyMs: minuteMs, firstAfterMs: 45 * secondMs, run: () => orphans.runDue() },
    { name: 'look for missing backups', everyMs: 10 * minuteMs, firstAfterMs: 50 * secondMs, run: () => missing() },
    // Not among the first things a server does: nobody waits for what they make room for.
    { name: 'prune samples', everyMs: minuteMs, firstAfterMs: 15 * secondMs, run: () => store.samples.prune() },
    { name: 'prune changes', everyMs: minuteMs, firstAfterMs: 20 * secondMs, run: () => store.changes.prune() },
    { name: 'prune commands', everyMs: 10 * minuteMs, firstAfterMs: 25 * secondMs, run: () => store.commands.prune() },
    { name: 'prune answers', everyMs: 10 * minuteMs, firstAfterMs: 35 * secondMs, run: () => store.idempotency.prune() },
    { name: 'prune workflows', everyMs: 60 * minuteMs, firstAfterMs: 40 * secondMs, run: () => runtime.prune() },
  ];

  const timers = new Map<string, NodeJS.Timeout>();
  let stopped = false;
  const plan = (duty: Duty, afterMs: number) => {
    if (!stopped)
      timers.set(
        duty.name,
        setTimeout(() => void perform(duty), afterMs),
      );
  };
  async function perform(duty: Duty): Promise<void> {
    try {
      await duty.run();
    } catch (error) {
      if (!stopped) log.warn({ duty: duty.name, fault: toFault(error) }, 'A periodic duty failed; it is tried again.');
    }
    plan(duty, duty.everyMs);
  }
  for (const duty of duties) plan(duty, duty.firstAfterMs ?? 50);
  keepAgents(0).catch((error: unknown) => log.warn({ fault: toFault(error) }, 'Agents could not be looked after at start.'));

  return {
    stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
