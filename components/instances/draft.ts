import { listFirstGrants } from '#components/accounts/grantable.ts';
import { emptyDraft, type ScheduleDraft, toSettings } from '#components/backups/schedule-draft.ts';
import { findOwnTimeZone } from '#components/backups/zoned-time.ts';
import { type DatastoreName, datastores, defaultDatastore, hasCapability, hasNamedDatabases } from '#contract/datastores/definitions.ts';
import { defaultFlavorId, defaultVolumeBytes, type FlavorId, getFlavor } from '#contract/flavors.ts';
import type { OperationInput } from '#contract/operations/index.ts';
import type { Backup } from '#contract/resources/backup.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { RestoreWindow } from '#contract/resources/restore-window.ts';

export type From = OperationInput<'create-instance'>['from'];
/** The new-instance form as typed; `toInput` makes of it what the endpoint wants. */
export type Draft = {
  projectId: string;
  name: string;
  datastore: DatastoreName;
  version: string;
  flavorId: FlavorId;
  volumeBytes: number;
  from: From;
  accounts: boolean;
  database: string;
  user: string;
  /** Empty: one is generated and can be revealed on the connection card. */
  password: string;
  cidrs: string;
  configurationGroupId: string;
  /** Whether it is backed up by `schedule`; null until somebody decides. */
  protect: boolean | null;
  schedule: ScheduleDraft;
};

export function blankDraft(projectId: string): Draft {
  return {
    projectId,
    name: '',
    datastore: defaultDatastore,
    version: '',
    flavorId: defaultFlavorId,
    volumeBytes: defaultVolumeBytes,
    from: { kind: 'empty' },
    accounts: true,
    database: 'app',
    user: 'app',
    password: '',
    cidrs: '127.0.0.1/32',
    configurationGroupId: '',
    protect: null,
    // By the clock of whoever makes it, in hours without clock changes; instances that are all made like this start one after another.
    schedule: { ...emptyDraft(findOwnTimeZone()), time: '03:00', jitterSeconds: 3600 },
  };
}

/** Unless somebody decides otherwise, all but replicas, which have what their source has. */
export function isProtected({ datastore, from, protect }: Draft): boolean {
  return hasCapability(datastore, 'backup') && (protect ?? from.kind !== 'replica');
}

/** A restored or copied instance has the version, and at least the size, of what it comes from. */
export function fromBackup(draft: Draft, backup: Backup): Draft {
  return {
    ...draft,
    from: { kind: 'backup', backupId: backup.id },
    projectId: backup.projectId,
    datastore: backup.datastore,
    version: backup.version,
    volumeBytes: Math.max(draft.volumeBytes, backup.volumeBytes ?? 0),
    name: draft.name || `${backup.instanceName}-restored`.slice(0, 63),
  };
}

/** Another engine starts without what belongs to the one before. */
export function toVersion(draft: Draft, { datastore, version }: Pick<Draft, 'datastore' | 'version'>): Draft {
  return { ...draft, datastore, version, configurationGroupId: datastore === draft.datastore ? draft.configurationGroupId : '' };
}

export function fromSource(draft: Draft, source: Instance): Draft {
  return {
    ...draft,
    from: { kind: 'replica', sourceId: source.id },
    projectId: source.projectId,
    datastore: source.datastore,
    version: source.version,
    flavorId: source.flavorId,
    volumeBytes: source.volumeBytes,
    cidrs: source.allowedCidrs.join(', '),
    name: draft.name || `${source.name}-replica`.slice(0, 63),
  };
}

/** As another instance was at a moment; 0 is the newest there is, until that is known. Recovery needs at least the size of what it was. */
export function fromPoint(draft: Draft, source: Instance, atMs: number): Draft {
  const isSmaller = getFlavor(draft.flavorId).memoryBytes < getFlavor(source.flavorId).memoryBytes;
  return {
    ...draft,
    from: { kind: 'point-in-time', instanceId: source.id, atMs },
    projectId: source.projectId,
    datastore: source.datastore,
    version: source.version,
    flavorId: isSmaller ? source.flavorId : draft.flavorId,
    volumeBytes: Math.max(draft.volumeBytes, source.volumeBytes),
    cidrs: source.allowedCidrs.join(', '),
    name: draft.name || `${source.name}-restored`.slice(0, 63),
  };
}

/** Why there is no moment to restore an instance to, while none is known; null otherwise. */
export function explainNoMoment(from: From, name: string, window: RestoreWindow | undefined): string | null {
  if (from.kind !== 'point-in-time' || from.atMs !== 0) return null;
  if (window === undefined) return `What of ${name} can be restored is not known yet.`;
  if (window.windows.length > 0) return null;
  const first = window.wanted === 'off' ? 'turn archiving on, then create' : 'create';
  return `Nothing of ${name} can be restored to a point in time yet. On its page, under Backups, ${first} a full backup: from its end on, any moment can be restored.`;
}

export function toInput(draft: Draft): Record<string, unknown> {
  const empty = draft.from.kind === 'empty' && draft.accounts;
  const database = hasNamedDatabases(draft.datastore) ? draft.database : '';
  return {
    name: draft.name,
    datastore: draft.datastore,
    version: draft.version,
    flavorId: draft.flavorId,
    volumeBytes: draft.volumeBytes,
    ...(empty && database !== '' ? { databases: [{ name: database }] } : {}),
    ...(empty && draft.user !== ''
      ? {
          users: [
            {
              name: draft.user,
              ...(draft.password === '' ? {} : { password: draft.password }),
              databases: listFirstGrants(draft.datastore, [database].filter(Boolean)),
            },
          ],
        }
      : {}),
    allowedCidrs: draft.cidrs.split(/[\s,]+/).filter(Boolean),
    ...(draft.configurationGroupId === '' ? {} : { configurationGroupId: draft.configurationGroupId }),
    from: draft.from,
    // What is no schedule is refused there rather than left out.
    ...(isProtected(draft) ? { protection: toSettings(draft.schedule) ?? false } : {}),
  };
}

/** The same request for a terminal; a typed password is left for the shell's environment to fill in. */
export function toCurl(draft: Draft, origin: string): string {
  const input = JSON.stringify({ projectId: draft.projectId, input: toInput({ ...draft, password: '' }) }, null, 2);
  return [
    `curl -X POST ${origin}/api/instances \\`,
    "  -H 'content-type: application/json' \\",
    '  -H "authorization: Bearer $GUESTBOARD_TOKEN" \\',
    '  -H "idempotency-key: $(uuidgen)" \\',
    `  -d '${input.replaceAll("'", "'\\''")}'`,
  ].join('\n');
}

/** The first user, and the database it begins in where those have names. */
export function describeAccount({ datastore, user, database }: Draft): string {
  const name = user || '–';
  return hasNamedDatabases(datastore) ? `${name} on ${database || '–'}` : name;
}

export function engineTitle(draft: Draft): string {
  return `${datastores[draft.datastore].title} ${draft.version}`.trim();
}
