import { getDatastore, hasCapability } from './datastores/definitions.ts';
import type { Instance } from './resources/instance.ts';
import type { DatastoreVersion } from './resources/system.ts';

/** What a host has: the version as people choose it, and in full as its programs say it. */
export type Installed = Pick<DatastoreVersion, 'datastore' | 'version' | 'full'>;
type Upgraded = Pick<Instance, 'datastore' | 'version' | 'guest'>;
/** `minor`: newer programs of the version it has. `major`: another version, which takes its data over. */
export type Upgrade = { kind: 'minor' | 'major'; version: string; full: string };

/** Number by number; negative when `one` is older. A word before the first number says what kind of server it is and counts for nothing. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => (/\d[\d.]*/.exec(version)?.[0] ?? '').split('.').map(Number));
  for (let place = 0; place < Math.max(left?.length ?? 0, right?.length ?? 0); place += 1) {
    const difference = (left?.[place] ?? 0) - (right?.[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What the instance could be upgraded to with what this host has, newer programs of its own version first. */
export function listUpgrades(instance: Upgraded, installed: readonly Installed[]): Upgrade[] {
  return installed
    .filter(({ datastore, version }) => datastore === instance.datastore && refuseUpgrade(instance, installed, version) === null)
    .map(({ version, full }) => ({ kind: kindOf(instance, version), version, full }))
    .sort((one, two) => compareVersions(one.version, two.version));
}

/** The newer programs of its version that a running instance does not run yet. */
export function findMinorUpgrade(instance: Upgraded, installed: readonly Installed[]): { running: string; installed: string } | null {
  const [upgrade] = listUpgrades(instance, installed);
  const running = instance.guest?.version ?? null;
  return upgrade?.kind === 'minor' && running !== null ? { running, installed: upgrade.full } : null;
}

export function kindOf(instance: Pick<Instance, 'version'>, version: string): Upgrade['kind'] {
  return instance.version === version ? 'minor' : 'major';
}

/**
 * How long writing everything anew keeps it away, as a range in words. An idle host was seen to do 150 MB a second; many indexes, or a busy
 * disk, take twenty times as long. A small database is mostly starting and stopping.
 */
export function estimateAway(bytes: number): string {
  const [least, most] = [3 + bytes / 150e6, 15 + bytes / 8e6].map(describe);
  return `${least} to ${most}`;
}

function describe(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds / 5) * 5} s`;
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}

/** Why the instance cannot be taken to this version with what the host has, as a sentence; null when it can. */
export function refuseUpgrade(instance: Upgraded, installed: readonly Installed[], version: string): string | null {
  const { title } = getDatastore(instance.datastore);
  const known = installed.filter(({ datastore }) => datastore === instance.datastore);
  const wanted = known.find((candidate) => candidate.version === version);
  const running = instance.guest?.version ?? null;
  if (running === null) return 'Which version runs is not known. Start the database first.';
  if (compareVersions(version, instance.version) < 0)
    return `${title} ${version} is older than ${instance.version}, which its data is of. An older version takes no newer data; make a new instance.`;
  if (wanted === undefined)
    return `This host has no ${title} ${version}; it has ${known.map((one) => one.version).join(', ') || 'none'}. Install its programs first.`;
  if (kindOf(instance, version) === 'minor') {
    const order = compareVersions(wanted.full, running);
    if (order > 0) return null;
    return order === 0
      ? `It runs ${title} ${running}, the newest of ${version} that this host has. Install newer programs first.`
      : `It runs ${title} ${running}; the programs of ${version} on this host are older: ${wanted.full}.`;
  }
  return hasCapability(instance.datastore, 'upgrade')
    ? (getDatastore(instance.datastore).refuseUpgrade?.(instance.version, version) ?? null)
    : `${title} is not taken to another version than ${instance.version} here yet.`;
}
