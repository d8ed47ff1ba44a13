import { useState } from 'react';
import { useBackups } from '#client/queries/backups.ts';
import { useDatastoreVersions } from '#client/queries/catalogue.ts';
import { useInstances } from '#client/queries/instances.ts';
import { toActor, useMe } from '#client/queries/me.ts';
import { useProjects } from '#client/queries/projects.ts';
import { may } from '#contract/rights.ts';
import { blankDraft, type Draft, fromBackup, fromSource } from './draft.ts';

/** The draft with its choices: what the host has, which projects are open, what it may come from. `?backup=` and `?source=` preset it. */
export function useDraft() {
  const { data: me } = useMe();
  const projects = (useProjects().data?.items ?? []).filter(
    (project) => me !== undefined && may(toActor(me), 'instance.create', { projectId: project.id }),
  );
  const versions = useDatastoreVersions();
  const instances = useInstances().data?.items ?? [];
  const backups = (useBackups().data?.items ?? []).filter((backup) => backup.state === 'COMPLETED');
  const [typed, setTyped] = useState<Draft>(() => blankDraft(''));
  const [preset, setPreset] = useState(() => new URLSearchParams(location.search));

  const backup = backups.find((candidate) => candidate.id === preset.get('backup'));
  const source = instances.find((candidate) => candidate.id === preset.get('source'));
  if (backup !== undefined || source !== undefined) {
    setPreset(new URLSearchParams());
    setTyped(backup ? fromBackup(typed, backup) : source ? fromSource(typed, source) : typed);
  }
  const offered = (versions.data?.items ?? []).filter((version) => version.datastore === typed.datastore);
  const newest = [...offered].sort((a, b) => Number(b.version) - Number(a.version))[0];
  const draft = {
    ...typed,
    projectId: typed.projectId || (projects[0]?.id ?? ''),
    version: typed.version || (newest?.version ?? ''),
  };
  return {
    draft,
    change: (part: Partial<Draft>) => setTyped({ ...draft, ...part }),
    projects,
    versions,
    offered,
    sources: instances.filter((instance) => instance.projectId === draft.projectId && instance.role !== 'replica'),
    backups: backups.filter((candidate) => candidate.projectId === draft.projectId),
    known: me !== undefined,
  };
}

export type DraftDesk = ReturnType<typeof useDraft>;
