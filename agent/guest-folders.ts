import path from 'node:path';
import type { GuestIdentity } from '#contract/guest/identity.ts';

/** What lies at the same place in every guest's folder, whichever engine it runs. */
export function findGuestFolders({ instanceId, port, listenAddress, folder }: GuestIdentity) {
  const under = (...parts: string[]) => path.join(folder, ...parts);
  return {
    instanceId,
    port,
    listenAddress,
    data: under('data'),
    /** A data folder that is not complete yet; renamed to `data` when it is. */
    making: under('data.making'),
    run: under('run'),
    logs: under('logs'),
    conf: under('conf'),
    tmp: under('tmp'),
    settingsFile: under('conf', 'settings.json'),
    certificateFile: under('conf', 'server.crt'),
    keyFile: under('conf', 'server.key'),
    startupLog: under('logs', 'startup.log'),
  };
}
