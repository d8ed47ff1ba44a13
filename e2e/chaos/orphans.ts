import type { Instance } from '#contract/resources/instance.ts';
import { findPostmaster, listGuests, listGuestsFolders, listProcessesOf } from '../processes.ts';

/** Everything that runs for a guest without belonging there, as sentences: nothing may be left over, nothing may run twice. */
export function findOrphans(data: string, living: readonly Instance[]): string[] {
  const guests = listGuests(data);
  const strangers = guests.filter((guest) => !living.some((instance) => instance.id === guest.instanceId));
  const homeless = listGuestsFolders(data)
    .flatMap(listProcessesOf)
    .filter((found) => !guests.some((guest) => listProcessesOf(guest.folder).some(({ pid }) => pid === found.pid)));
  return [
    ...strangers.map((guest) => `the folder ${guest.folder} belongs to no instance`),
    ...homeless.map((found) => `process ${found.pid} works for a guest that is gone: ${found.args.join(' ')}`),
    ...guests.flatMap((guest) => {
      const processes = listProcessesOf(guest.folder);
      const agents = processes.filter((found) => found.args.at(-1)?.endsWith('identity.json'));
      const postmasters = processes.filter((found) => found.args.includes('-D'));
      const known = findPostmaster(guest);
      return [
        ...(agents.length === 1 ? [] : [`${guest.instanceName} has ${agents.length} agents`]),
        ...(postmasters.length > 1 ? [`${guest.instanceName} has ${postmasters.length} postmasters`] : []),
        ...(postmasters.some(({ pid }) => pid !== known?.pid) ? [`${guest.instanceName} has a postmaster its pid file does not name`] : []),
      ];
    }),
  ];
}
