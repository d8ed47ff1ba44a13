import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { formatBytes, formatExact } from '#client/format.ts';
import { type Plan, planOperation } from '#client/operations.ts';
import { type ApiProblem, toApiProblem } from '#client/problem.ts';
import { describeExpected, describeRange } from '#client/progress-text.ts';
import { useQuotas } from '#client/queries/quotas.ts';
import { describeTiming } from '#components/backups/schedule-words.ts';
import { localiseMoments } from '#components/backups/timeline/moment-text.ts';
import { describeLeft } from '#components/projects/quota-text.ts';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import { getFlavor } from '#contract/flavors.ts';
import { CreateInstanceInput } from '#contract/operations/create-instance.ts';
import { describeAccount, engineTitle, isProtected, toCurl, toInput } from './draft.ts';
import type { DraftDesk } from './use-draft.ts';

export type DraftSummaryProps = {
  desk: DraftDesk;
  incomplete: string | null;
  known: string | null;
  busy: boolean;
  problem: ApiProblem | null;
};

/** Beside the form: what will be, by which steps, how long it takes, and the same as a REST call. */
export function DraftSummary({ desk, incomplete, known, busy, problem }: DraftSummaryProps) {
  const { draft, projects } = desk;
  const plan = useDryRun(desk, busy);
  const refusal =
    busy || desk.unresolved !== null
      ? null
      : (known ?? plan.data?.refusal ?? (plan.error === null ? null : toApiProblem(plan.error).message));
  const { from } = draft;
  const origin =
    from.kind === 'empty'
      ? 'Empty'
      : from.kind === 'backup'
        ? 'From a backup'
        : from.kind === 'point-in-time'
          ? `${desk.pasts.find(({ id }) => id === from.instanceId)?.name ?? 'An instance'}${from.atMs === 0 ? ', no moment yet' : ` as of ${formatExact(from.atMs)}`}`
          : `Replica of ${desk.sources.find(({ id }) => id === from.sourceId)?.name ?? 'its source'}`;
  const left = describeLeft(useQuotas(draft.projectId).data?.items ?? [], ['instances', 'ram', 'volumes']);
  const lines = [
    ['Name', draft.name || '–'],
    ['Project', projects.find((project) => project.id === draft.projectId)?.title ?? '–'],
    ['Engine', engineTitle(draft)],
    ['Data', origin],
    ['Backups', isProtected(draft) ? describeTiming(draft.schedule) : 'None: you make them yourself'],
    ['Flavor', getFlavor(draft.flavorId).title],
    ['Volume', formatBytes(draft.volumeBytes)],
    ...(from.kind === 'empty' && draft.accounts ? [['Account', describeAccount(draft)]] : []),
    ['Reachable from', draft.cidrs],
    ...(left === null ? [] : [['Left in the project', keepTogether(left)]]),
    ['Expected time', plan.data === undefined ? '–' : describeTime(plan.data)],
  ];
  return (
    <Panel title="Summary" className="lg:sticky lg:top-17">
      <dl className="space-y-1.5">
        {lines.map(([term, value]) => (
          <div key={term} className="flex justify-between gap-4">
            <dt className="shrink-0 text-muted">{term}</dt>
            <dd className="num min-w-0 break-words text-right">{value}</dd>
          </div>
        ))}
      </dl>
      {plan.data !== undefined && plan.data.refusal === null && (
        <div className="mt-4 border-line border-t pt-3">
          <p className="text-12 text-faint">{plan.data.steps.length} steps</p>
          <ol className="mt-1 space-y-0.5">
            {plan.data.steps.map((step, index) => (
              <li key={step.key} className="flex gap-2">
                <span className="num w-4 text-faint">{index + 1}</span>
                {step.title}
              </li>
            ))}
          </ol>
        </div>
      )}
      {(problem !== null || refusal !== null) && (
        <p role="alert" className="mt-4 flex gap-2 text-broken">
          <Mark tone="broken" className="mt-1" />
          {localiseMoments(problem?.message ?? refusal ?? '')}
        </p>
      )}
      <div className="mt-4 grid gap-2">
        <Button type="submit" look="primary" busy={busy} refusal={incomplete ?? (plan.error === null ? refusal : null)}>
          {draft.name === '' ? 'Create instance' : `Create ${draft.name}`}
        </Button>
        <CopyButton text={() => Promise.resolve(toCurl(draft, location.origin))}>Copy as REST</CopyButton>
      </div>
    </Panel>
  );
}

/** "0 instances · 1 GB memory" is broken between its parts alone. */
function keepTogether(left: string): string {
  return left
    .split(' · ')
    .map((part) => part.replaceAll(' ', '\u00a0'))
    .join(' · ');
}

/** By how much a restore fetches and replays, as beside its moment; otherwise by earlier runs. */
function describeTime({ estimate, restore }: Plan): string {
  return restore === null ? describeExpected(estimate) : describeRange(restore);
}

/** The dry run of what is typed, asked for when the typing rests; steps and time do not wait for a name. What is being made would refuse itself. */
function useDryRun({ draft, unresolved }: DraftDesk, isSent: boolean) {
  const input = toInput({ ...draft, name: draft.name || 'unnamed', password: '' });
  const complete = unresolved === null && draft.version !== '' && CreateInstanceInput.safeParse(input).success;
  const written = JSON.stringify({ projectId: draft.projectId, input });
  const [rested, setRested] = useState(written);
  useEffect(() => {
    const timer = setTimeout(() => setRested(written), 350);
    return () => clearTimeout(timer);
  }, [written]);
  return useQuery({
    queryKey: ['plan', 'create-instance', rested],
    queryFn: () =>
      planOperation({ name: 'create-instance', ...(JSON.parse(rested) as { projectId: string; input: Record<string, unknown> }) }),
    enabled: complete && !isSent && rested === written,
    placeholderData: (previous) => previous,
    staleTime: 0,
    gcTime: 10_000,
    retry: false,
  });
}
