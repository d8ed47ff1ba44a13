import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { DatastoreName } from '#contract/datastores/index.ts';
import { type GuestIdentity, protocolVersions } from '#contract/guest/identity.ts';
import type { GuestBus } from '#drivers/bus/bus.ts';
import { connectGuestBus } from '#drivers/bus/socket/guest.ts';
import { createTreeMeter } from '#drivers/process/measure-tree.ts';
import { createAnswers } from './answers.ts';
import { openArchiveFile } from './archive/archive-file.ts';
import { startArchiveReports } from './archive/archive-reports.ts';
import { startArchiver } from './archive/archiver.ts';
import { createPace } from './backup/pace.ts';
import { createCommands } from './commands.ts';
import { measureDiskUsage, measureFreeDisk, measureNameless } from './disk-usage.ts';
import type { CreateEngine, EngineEvent } from './engine.ts';
import { boundDeath } from './found-dead.ts';
import { startHeartbeat } from './heartbeat.ts';
import { openJournal } from './journal.ts';
import { startLeftovers } from './leftovers.ts';
import { createLogs } from './logs/logs.ts';
import { createSampler } from './metrics.ts';
import { createObserver } from './observer.ts';
import { createOutages } from './outages.ts';
import { openOutbox } from './outbox.ts';
import { createReporter } from './reports.ts';
import { openState } from './state.ts';
import { createSupervisor } from './supervisor.ts';
import { startVolumeGuard } from './volume.ts';

export type AgentOptions<D extends DatastoreName> = {
  identity: GuestIdentity;
  agentVersion: string;
  createEngine: CreateEngine<D>;
  log(sentence: string): void;
};

export type RunningAgent = { bus: GuestBus /** Ends the agent; the database runs on. */; stop(): Promise<void> };

/** Puts the parts of one guest's agent together and sets them going. */
export async function startAgent<D extends DatastoreName>({
  identity,
  agentVersion,
  createEngine,
  log,
}: AgentOptions<D>): Promise<RunningAgent> {
  const now = Date.now;
  const boot = { id: randomUUID(), atMs: now() };
  const state = openState(identity.folder);
  const journalFolder = path.join(identity.folder, 'journal');
  const journal = openJournal(path.join(journalFolder, 'commands'));
  const outbox = openOutbox(path.join(journalFolder, 'outbox'));
  const bus = connectGuestBus({
    url: identity.controlPlaneUrl,
    hello: () => ({
      instanceId: identity.instanceId,
      token: identity.token,
      protocolVersions: [...protocolVersions],
      agentVersion,
      bootId: boot.id,
      bootedAtMs: boot.atMs,
      clockMs: now(),
    }),
  });
  const reporter = createReporter({ instanceId: identity.instanceId, boot, bus, outbox, now });
  const event = (happened: EngineEvent) => {
    log(happened.sentence);
    reporter.event(happened);
  };
  const archiveFile = openArchiveFile(journalFolder);
  const pace = createPace(state.get().backupBytesPerSecond);
  const engine = createEngine({
    identity,
    now,
    event,
    expectDown: (work) => supervisor.expectDown(work),
    connectionLost: () => supervisor.connectionLost(),
    size: () => state.get().size,
    pace,
    setPace: (backupBytesPerSecond) => {
      pace.set(backupBytesPerSecond);
      return state.change({ backupBytesPerSecond });
    },
    setExchanged: (exchanged) => archiveFile.change({ exchanged }),
    log,
  });
  const logs = createLogs({ sources: () => engine.logSources(), report: reporter.report, isConnected: () => bus.isConnected(), log });
  const supervisor = createSupervisor({
    engine,
    state,
    now,
    event,
    changed: (up) => {
      heartbeat?.tell();
      if (!up) return;
      void heartbeat?.refresh();
      void volumeGuard?.measureNow();
    },
    lastLogLines: () => logs.lastLines(20),
    boundDeath: (nowMs) =>
      boundDeath(
        engine.logSources().flatMap((source) => [...source.files()]),
        nowMs,
      ),
  });
  const { memory, cpu } = identity.controlGroups;
  const observer = createObserver({
    engine,
    supervision: supervisor.supervision,
    volume: () => volumeGuard?.volume() ?? { volumeUsedBytes: 0, volumeState: state.get().writesStopped ? 'read-only' : 'ok' },
    enforcement: { memory: memory === null ? 'advisory' : 'enforced', cpu: cpu === null ? 'advisory' : 'enforced' },
    archive: () => archiver?.facts(),
    deadlineMs: Math.min(800, identity.heartbeatIntervalMs * 0.8),
  });
  const archiver =
    engine.archiveSource === undefined
      ? null
      : startArchiver({
          source: engine.archiveSource,
          identity,
          file: archiveFile,
          now,
          event,
          changed: () => heartbeat?.tell(),
          log,
        });
  const archiveReports = startArchiveReports({ summarise: () => archiver?.summarise() ?? null, report: reporter.report });
  let heartbeat: ReturnType<typeof startHeartbeat> | null = null;
  let volumeGuard: ReturnType<typeof startVolumeGuard> | null = null;

  reporter.reportLeftovers();
  const adopted = supervisor.adopt();
  volumeGuard = startVolumeGuard({
    measure: async () => {
      const [folders, main] = [engine.volumeFolders(), engine.mainProcess()];
      return (await measureDiskUsage(folders)) + (main === null ? 0 : measureNameless(main.pid, folders));
    },
    freeBytes: () => measureFreeDisk(identity.folder),
    state,
    isUp: () => observer.facts().processState === 'running',
    setWritable: (writable, isOverfull) => engine.setWritable(writable, isOverfull),
    event,
    changed: () => void heartbeat?.refresh(),
    log,
  });
  await adopted;
  // So that the first beat does not say the volume is empty; but a slow disk does not keep us silent.
  await Promise.race([volumeGuard.measured, new Promise((resolve) => setTimeout(resolve, 500))]);

  const outages = createOutages({ now, event, patienceMs: 3 * identity.heartbeatIntervalMs });
  heartbeat = startHeartbeat({
    intervalMs: identity.heartbeatIntervalMs,
    observer,
    reporter,
    takeSample: createSampler({
      now,
      measure: createTreeMeter(),
      mainProcess: () => engine.mainProcess(),
      volumeUsedBytes: () => volumeGuard?.volume().volumeUsedBytes ?? 0,
      metrics: observer.metrics,
    }),
    looked: (facts) => {
      if (facts.processState === 'running') supervisor.answered();
      outages.note(facts, supervisor.supervision().phase === 'quiet');
    },
    log,
  });

  let clockOffsetMs = 0;
  bus.onConnected(({ serverMs }) => {
    clockOffsetMs = serverMs - now();
    heartbeat?.beatNow();
    archiveReports.sayNow();
  });
  let refusal = '';
  bus.onRefused(({ sentence }) => {
    if (sentence !== refusal) log(`The control plane refuses this agent: ${sentence}`);
    refusal = sentence;
  });
  const commands = createCommands({
    findAnswer: createAnswers({ engine, supervisor, observer, logs, archiver, state, resized: () => volumeGuard?.measureNow() }),
    journal,
    state,
    report: reporter.report,
    settled: () => heartbeat?.refresh() ?? Promise.resolve(),
    now,
    clockOffsetMs: () => clockOffsetMs,
    log,
  });
  const leftovers = startLeftovers({ folder: identity.folder, idleSinceMs: commands.idleSinceMs, now, log });
  bus.serve(commands);

  return {
    bus,
    async stop() {
      heartbeat?.close();
      leftovers.close();
      archiveReports.close();
      await archiver?.close();
      volumeGuard?.close();
      await supervisor.close();
      await commands.close();
      logs.close();
      await engine.close();
      await bus.close();
    },
  };
}
