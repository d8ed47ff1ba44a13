import { readChoice, readParameters } from '#components/ui/url-choice.ts';
import { datastores } from '#contract/datastores/definitions.ts';
import { DatastoreName } from '#contract/datastores/index.ts';
import { type Backup, BackupState } from '#contract/resources/backup.ts';
import { backupStates } from './backup-states.ts';

/** Which backups a page shows. Empty is any; it lives in the URL, and what it names there that is not among the choices finds none. */
export type BackupFilter = Record<'text' | 'state' | 'engine' | 'instance' | 'kind', string>;

type Choice = readonly [key: string, words: string];

/** What a backup may be in each of these, with the word for it. */
export const choices = {
  state: BackupState.options.map((key): Choice => [key, key === 'CORRUPT' ? 'Damaged or missing' : backupStates[key].label]),
  engine: DatastoreName.options.map((key): Choice => [key, datastores[key].title]),
  kind: [
    ['full', 'Full'],
    ['incremental', 'Incremental'],
  ] as readonly Choice[],
};

/** Two words of the page for one state. */
const shownOtherwise: readonly Choice[] = ['Damaged', 'Missing'].map((word) => ['CORRUPT', word]);

export function readFilter(asked: string | URLSearchParams): BackupFilter {
  const parameters = readParameters(asked);
  return {
    text: parameters.get('text') ?? '',
    state: readChoice(readChoice(parameters.get('state'), shownOtherwise), choices.state),
    engine: readChoice(parameters.get('engine'), choices.engine),
    // By its id, or by its name for one that is deleted; both are lower-case.
    instance: (parameters.get('instance') ?? '').toLowerCase(),
    kind: readChoice(parameters.get('kind'), choices.kind),
  };
}

/** What it asks for and nothing can be, as a sentence; null where it could find something. */
export function describeUnknown(filter: BackupFilter): string | null {
  const named = (['state', 'engine', 'kind'] as const).filter(
    (name) => filter[name] !== '' && !choices[name].some(([key]) => key === filter[name]),
  );
  return named.length === 0 ? null : named.map((name) => `No ${name} is called “${filter[name]}”.`).join(' ');
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
