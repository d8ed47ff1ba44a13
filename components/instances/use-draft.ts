import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useBackups } from '#client/queries/backups.ts';
import { useDatastoreVersions } from '#client/queries/catalogue.ts';
import { useInstances } from '#client/queries/instances.ts';
import { toActor, useMe } from '#client/queries/me.ts';
import { useProjects } from '#client/queries/projects.ts';
import { useRestoreWindow } from '#client/queries/restore-window.ts';
import { howToWrite, isUnread, type TypedMoment } from '#components/backups/timeline/moment-field.tsx';
import { findRestorable } from '#components/backups/timeline/moments.ts';
import { hasCapability } from '#contract/datastores/definitions.ts';
import { explainDenial, may } from '#contract/rights.ts';
import { blankDraft, type Draft, fromBackup, fromPoint, fromSource } from './draft.ts';

/**
 * The draft with its choices: what the host has, which projects are open, what it may come from. `?from=backup:<id>`, `?from=replica:<id>` and
 * `?from=point-in-time:<id>:<milliseconds>` preset it.
 */
export function useDraft() {
  const { data: me } = useMe();
  const projects = (useProjects().data?.items ?? []).filter(
    (project) => me !== undefined && may(toActor(me), 'instance.create', { projectId: project.id }),
  );
  const versions = useDatastoreVersions();
  const listed = useInstances();
  const instances = listed.data?.items ?? [];
  const stored = useBackups();
  const backups = (stored.data?.items ?? []).filter((backup) => backup.state === 'COMPLETED');
  const [typed, setTyped] = useState<Draft>(() => blankDraft(''));
  const [moment, typeMoment] = useState<TypedMoment | null>(null);
  // Not `location`: during a navigation it is still the page one comes from.
  const [preset, setPreset] = useState(useSearchParams().get('from'));

  const backup = backups.find((candidate) => `backup:${candidate.id}` === preset);
  const source = instances.find((candidate) => `replica:${candidate.id}` === preset);
  const point = readPoint(preset);
  const past = instances.find((candidate) => candidate.id === point?.instanceId);
  if (backup !== undefined || source !== undefined || (point !== null && past !== undefined)) {
    setPreset(null);
    setTyped(
      backup ? fromBackup(typed, backup) : source ? fromSource(typed, source) : point && past ? fromPoint(typed, past, point.atMs) : typed,
    );
  }
  const { from } = typed;
  const window = useRestoreWindow(from.kind === 'point-in-time' ? from.instanceId : null).data;
  const newestMs = window === undefined ? undefined : findRestorable(window)?.toMs;
  if (from.kind === 'point-in-time' && from.atMs === 0 && newestMs !== undefined) setTyped({ ...typed, from: { ...from, atMs: newestMs } });
  const offered = versions.data?.items ?? [];
  const [newest] = offered
    .filter(({ datastore }) => datastore === typed.datastore || !offered.some((other) => other.datastore === typed.datastore))
    .sort((one, other) => other.version.localeCompare(one.version, 'en', { numeric: true }));
  const projectId = typed.projectId || (projects[0]?.id ?? '');
  const protectionDenial = me === undefined ? null : explainDenial(toActor(me), 'backup-schedule.manage', { projectId });
  const draft = {
    ...typed,
    projectId,
    ...(protectionDenial === null ? {} : { protect: false }),
    ...(typed.version === '' && newest !== undefined ? { datastore: newest.datastore, version: newest.version } : {}),
  };
  return {
    draft,
    change: (part: Partial<Draft>) => {
      setTyped({ ...draft, protect: typed.protect, ...part });
      if (part.from === undefined) return;
      // Choosing another beginning by hand replaces the one the address named, and what is typed.
      setPreset(null);
      typeMoment(null);
    },
    moment: from.kind === 'point-in-time' ? moment : null,
    typeMoment,
    /** Why the beginning is not what the address names or somebody typed: without it something else would be made. */
    unresolved:
      preset !== null
        ? sentenceOf(preset, [stored, listed])
        : from.kind === 'point-in-time' && isUnread(moment)
          ? `The moment cannot be read. ${howToWrite}`
          : null,
    /** An instance of the project is called so already. */
    isNameTaken: instances.some((instance) => instance.projectId === draft.projectId && instance.name === draft.name),
    /** Why it gets no schedule, whatever is typed; null where it may. */
    protectionDenial,
    projects,
    versions,
    offered,
    sources: instances.filter(
      (instance) =>
        instance.projectId === draft.projectId && instance.role !== 'replica' && hasCapability(instance.datastore, 'replication'),
    ),
    /** Those that may have been archived. */
    pasts: instances.filter((instance) => instance.projectId === draft.projectId && hasCapability(instance.datastore, 'archive')),
    /** What the instance chosen can be restored to, once it is known. */
    window: window?.instanceId === (from.kind === 'point-in-time' ? from.instanceId : null) ? window : undefined,
    backups: backups.filter((candidate) => candidate.projectId === draft.projectId),
  };
}

function readPoint(preset: string | null): { instanceId: string; atMs: number } | null {
  const [, instanceId, atMs] = /^point-in-time:([0-9a-f-]+):(\d{1,15})$/.exec(preset ?? '') ?? [];
  return instanceId === undefined ? null : { instanceId, atMs: Number(atMs) };
}

type Looked = { isError: boolean; data?: { complete: boolean } | undefined };

function sentenceOf(preset: string, lists: readonly Looked[]): string {
  const what = preset.startsWith('backup:') ? 'backup' : preset.startsWith('replica:') ? 'source' : 'instance';
  if (lists.every(({ data }) => data?.complete)) return `The ${what} this page was opened for is gone. Choose another beginning.`;
  if (lists.some(({ isError }) => isError)) return `The ${what} could not be looked up. Load the page again, or choose another beginning.`;
  return `The ${what} is being looked up.`;
}

export type DraftDesk = ReturnType<typeof useDraft>;
/** `faults` says what is wrong, by the input's path. */
export type DraftFormProps = { desk: DraftDesk; faults: Record<string, string> };
