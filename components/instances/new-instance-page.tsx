'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useBackups } from '#client/queries/backups.ts';
import { useDatastoreVersions } from '#client/queries/catalogue.ts';
import { useInstances } from '#client/queries/instances.ts';
import { useMe } from '#client/queries/me.ts';
import { useProjects } from '#client/queries/projects.ts';
import { toSettings } from '#components/backups/schedule-draft.ts';
import { localiseMoments } from '#components/backups/timeline/moment-text.ts';
import { useStart } from '#components/operations/use-start.ts';
import { Awake } from '#components/ui/awake.tsx';
import { NoPermission } from '#components/ui/error-state.tsx';
import { fetchAhead } from '#components/ui/fetch-ahead.ts';
import { Loaded, together } from '#components/ui/loaded.tsx';
import { PageHead } from '#components/ui/page-head.tsx';
import { Skeleton } from '#components/ui/skeleton.tsx';
import { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import { describeIssue } from '#contract/plain-issues.ts';
import { sayTaken } from '#contract/taken-name.ts';
import { explainNoMoment, isProtected, toInput } from './draft.ts';
import { DraftForm } from './draft-form.tsx';
import { DraftSummary } from './draft-summary.tsx';
import { useDraft } from './use-draft.ts';
import { useDraftRefusal } from './use-draft-refusal.ts';

/** One page, no modal: the form left, what will come of it right. */
export function NewInstancePage() {
  return (
    <div className="max-w-280 space-y-4">
      <PageHead title="New instance" />
      <Awake fallback={waiting}>
        <Choices />
      </Awake>
    </div>
  );
}

const waiting = <Skeleton className="h-96 rounded-panel" />;

/** "There is none" may be said of a choice only once it was looked for. */
function Choices() {
  const query = together(useMe(), useProjects(), useDatastoreVersions(), useInstances(), useBackups());
  return (
    <Loaded query={query} skeleton={waiting} what="The form" framed>
      {() => <NewInstance />}
    </Loaded>
  );
}

function NewInstance() {
  const router = useRouter();
  // Where creating leads to, whatever its id will be: its page is there by then, and does not hold up the new guest on a small host.
  useEffect(() => fetchAhead(router, '/instances/new-one'), [router]);
  const desk = useDraft();
  const { draft } = desk;
  const { start, busy, problem } = useStart({ name: 'create-instance', instance: null, projectId: draft.projectId });
  const [isMade, setMade] = useState(false);
  // Once it is being made, it is in the list before this page is left.
  const isSent = busy || isMade;
  const input = toInput(draft);
  const parsed = CreateInstanceInput.safeParse(input, { error: describeIssue });
  const faults: Record<string, string> = {};
  const past = desk.pasts.find(({ id }) => draft.from.kind === 'point-in-time' && id === draft.from.instanceId);
  if (desk.isNameTaken && !isSent) faults.name = sayTaken('an instance', draft.name);
  const noMoment = explainNoMoment(draft.from, past?.name ?? 'the instance', desk.window);
  if (noMoment !== null) faults['from.atMs'] = noMoment;
  if (isProtected(draft) && toSettings(draft.schedule) === null) faults.protection = 'A number is out of its bounds: see the field in red.';
  if (!parsed.success) for (const issue of parsed.error.issues) faults[fieldOf(issue.path)] ??= issue.message;
  if (problem?.field !== undefined) faults[problem.field.replace(/^input\./, '')] ??= problem.message;
  const refusal = useDraftRefusal(desk, parsed.data);
  if (refusal?.field !== undefined) faults[refusal.field] ??= localiseMoments(refusal.reason);
  const incomplete =
    draft.name === ''
      ? 'Type a name first.'
      : desk.unresolved !== null
        ? desk.unresolved
        : draft.version === ''
          ? 'This host has no datastore version yet.'
          : parsed.success
            ? (faults.name ?? null)
            : (Object.values(faults)[0] ?? 'Something is not right yet.');
  if (desk.projects.length === 0) {
    return (
      <NoPermission sentence="Creating an instance needs the role member in a project. Ask a project admin, or an operator for a project." />
    );
  }
  return (
    <form
      className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_320px]"
      onSubmit={(event) => {
        event.preventDefault();
        if (incomplete !== null || refusal !== null || isSent) return;
        void start(input).then((started) => {
          if (started === null) return;
          setMade(true);
          router.push(started.instanceId === null ? '/instances' : `/instances/${started.instanceId}`);
        });
      }}
    >
      <DraftForm desk={desk} faults={faults} />
      <DraftSummary desk={desk} incomplete={incomplete} known={refusal?.reason ?? null} busy={isSent} problem={problem} />
    </form>
  );
}

function fieldOf(path: readonly PropertyKey[]): string {
  if (path[0] === 'from' || path[0] === 'protection') return path.join('.');
  return path.includes('password') ? 'password' : String(path[0] ?? '');
}
