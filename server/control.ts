import { isIP } from 'node:net';
import { type Fault, toFault } from '#contract/errors.ts';
import type { ControlBus } from '#drivers/bus/bus.ts';
import type { localProcess } from '#drivers/compute/local-process/local-process.ts';
import { openStorage } from '#drivers/storage/index.ts';
import { createCertificates } from './certificates.ts';
import { createConductor } from './conductor/conductor.ts';
import type { Config } from './config.ts';
import { createGuests } from './guests.ts';
import type { Log } from './log.ts';
import type { RecoveryDuty } from './recovery/duty.ts';
import { startSchedule } from './schedule.ts';
import type { ChangeTail } from './store/changes.ts';
import type { Store } from './store/store.ts';
import type { Hazard } from './workflows/execute.ts';
import { startRuntime } from './workflows/runtime.ts';
import type { WorkflowTools } from './workflows/workflow.ts';

export type ControlOptions = {
  config: Pick<Config, 'databaseUrl' | 'nodeId' | 'guestHost' | 'portRange' | 'proofsAtOnce'> & { controlPlaneUrl: string };
  store: Store;
  tail: ChangeTail;
  bus: ControlBus;
  compute: ReturnType<typeof localProcess>;
  /** How the control plane saves itself; left out where nothing is to be saved. */
  recovery?: Pick<RecoveryDuty, 'runDue'>;
  log: Log;
  hazard?: Hazard;
};

/** Everything that has to do with guests: who calls them, who writes down what they say, who carries out operations, and when. */
export function createControl({ config, store, tail, bus, compute, recovery, log, hazard }: ControlOptions) {
  const guests = createGuests({ store, bus, tail, log });
  const conductor = createConductor({ store, bus, log, replicaId: config.nodeId });

  const openProjectStorage: WorkflowTools['openStorage'] = async (address, projectId) =>
    openStorage(await store.secrets.unsealPasswords(address), compute.backupFolder(projectId));

  return {
    guests,
    conductor,
    openStorage: openProjectStorage,
    /** Before anybody looks: guests of this host that were stopped with it, or with `npm stop`, are not what they said last. */
    async takeStock() {
      const known = await store.guests.listUnheard(config.guestHost, 0);
      const stopped = await store.guests.writeStopped(await compute.listIdle(known));
      if (stopped > 0) log.info({ stopped }, 'Guests of this host are found stopped.');
    },
    /** Takes up work: its own of before the restart first. Call it when agents can reach us. */
    async start() {
      // Beside everything else, so that the first create does not wait until the programs are in place and asked for their versions.
      compute.listVersions().catch((error: unknown) => log.warn({ fault: toFault(error) }, 'The host’s versions could not be listed.'));
      const letGo = await store.replicas.claimName(config.nodeId);
      await store.replicas.start(config.nodeId);
      const runtime = await startRuntime({
        tools: {
          store,
          guests,
          compute,
          certificates: createCertificates(store),
          openStorage: openProjectStorage,
          host: {
            name: config.guestHost,
            // A name or an outside address may not exist on this machine's interfaces.
            listenAddress: isIP(config.guestHost) === 0 ? '0.0.0.0' : config.guestHost,
            portRange: config.portRange,
            controlPlaneUrl: config.controlPlaneUrl,
          },
          heartbeatIntervalMs: 1000,
          proofsAtOnce: config.proofsAtOnce,
        },
        log,
        databaseUrl: config.databaseUrl,
        replicaId: config.nodeId,
        ...(hazard ? { hazard } : {}),
      });
      const schedule = startSchedule({
        store,
        guests,
        conductor,
        runtime,
        compute,
        recovery,
        openStorage: openProjectStorage,
        log,
        replicaId: config.nodeId,
        hostName: config.guestHost,
        countAgents: () => bus.connected().length,
      });
      return {
        startWaiting: runtime.startWaiting,
        /** Running operations are left to the next server, or at once to the other ones, which need not wait for our beat to grow old. */
        async stop() {
          schedule.stop();
          guests.close();
          await runtime.stop();
          await conductor.close();
          await store.replicas.retire(config.nodeId);
          await letGo();
        },
      };
    },
  };
}

/** Who an agent is, by its token, which only its guest's identity file holds. */
export async function authenticateGuest(
  store: Store,
  instanceId: string,
  token: string,
): Promise<{ instanceId: string } | { refused: Fault }> {
  if (await store.guests.authenticate(instanceId, token)) return { instanceId };
  return { refused: { code: 'wrong-credentials', sentence: 'This token is not that of a living instance.' } };
}

/** How agents reach us: as configured, else by the address we listen on, by loopback when that is every address, by our public name under TLS. */
export function toGuestsUrl({
  agentsUrl,
  tls,
  publicUrl,
  host,
  port,
}: Pick<Config, 'agentsUrl' | 'tls' | 'publicUrl' | 'host' | 'port'>): string {
  if (agentsUrl !== null) return agentsUrl;
  if (tls) return publicUrl;
  const address = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
}
