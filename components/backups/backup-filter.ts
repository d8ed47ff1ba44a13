import { DatastoreName } from '#contract/datastores/index.ts';
import { type Backup, BackupState } from '#contract/resources/backup.ts';

/** Which backups a page shows. Empty is any; it lives in the URL. */
export type BackupFilter = {
  text: string;
  state: BackupState | '';
  engine: DatastoreName | '';
  /** By its id, or by its name for one that is deleted. */
  instance: string;
  kind: Backup['kind'] | '';
};

export function readFilter(parameters: { get(name: string): string | null }): BackupFilter {
  const kind = parameters.get('kind');
  return {
    text: parameters.get('text') ?? '',
    state: BackupState.safeParse(parameters.get('state')).data ?? '',
    engine: DatastoreName.safeParse(parameters.get('engine')).data ?? '',
    instance: parameters.get('instance') ?? '',
    kind: kind === 'full' || kind === 'incremental' ? kind : '',
  };
}

export function writeFilter(filter: BackupFilter): string {
  return new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== '')).toString();
}

export function filterBackups(backups: readonly Backup[], { text, state, engine, instance, kind }: BackupFilter): Backup[] {
  const wanted = text.toLowerCase();
  return backups.filter(
    (backup) =>
      (state === '' || backup.state === state) &&
      (engine === '' || backup.datastore === engine) &&
      (instance === '' || keyOfInstance(backup) === instance) &&
      (kind === '' || backup.kind === kind) &&
      `${backup.name} ${backup.instanceName} ${backup.createdBy}`.toLowerCase().includes(wanted),
  );
}

/** Every instance that has backups, by name. */
export function listOwners(backups: readonly Backup[]): { key: string; name: string }[] {
  const owners = new Map(backups.map((backup) => [keyOfInstance(backup), backup.instanceName]));
  return [...owners].map(([key, name]) => ({ key, name })).sort((one, other) => one.name.localeCompare(other.name));
}

function keyOfInstance({ instanceId, instanceName }: Backup): string {
  return instanceId ?? instanceName;
}
