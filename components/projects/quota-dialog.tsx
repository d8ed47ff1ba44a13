import { useState } from 'react';
import { toApiProblem } from '#client/problem.ts';
import { useActor } from '#client/queries/me.ts';
import { useQuotaChange } from '#client/queries/quotas.ts';
import { Field } from '#components/ui/field.tsx';
import { FormDialog } from '#components/ui/form-dialog.tsx';
import { Input } from '#components/ui/input.tsx';
import { notify } from '#components/ui/notify.ts';
import { type Quota, type QuotaLimits, type QuotaResource, quotaResources, refuseLimit } from '#contract/quotas.ts';
import { formatAmount } from './quota-text.ts';

type Typed = Record<string, string>;

/** A limit for each resource; an empty field is none. A project admin stays under what an operator allowed. */
export function QuotaDialog({ projectId, quotas, onDone }: { projectId: string; quotas: readonly Quota[]; onDone(): void }) {
  const operator = useActor()?.operator ?? false;
  const change = useQuotaChange(projectId);
  const [typed, setTyped] = useState<Typed>(() => Object.fromEntries(quotas.map((quota) => [quota.resource, write(quota)])));
  const limits = quotas.map((quota) => ({ quota, limit: read(quota.resource, typed[quota.resource] ?? '') }));
  const refusals = limits.map(({ quota, limit }) =>
    limit === undefined
      ? 'Use a number of 0 or more, or leave it empty.'
      : operator || limit === quota.limit
        ? null
        : refuseLimit(quota, limit),
  );
  const changed = limits.filter(({ quota, limit }) => limit !== undefined && limit !== quota.limit);
  const closed = refusals.find((refusal) => refusal !== null) ?? (changed.length === 0 ? 'Nothing is changed.' : null);
  const problem = change.error === null ? null : toApiProblem(change.error);
  const run = () => {
    const body: QuotaLimits = Object.fromEntries(changed.map(({ quota, limit }) => [quota.resource, limit]));
    change.mutate(body, {
      onSuccess: () => {
        notify('The quotas are changed.');
        onDone();
      },
    });
  };
  return (
    <FormDialog
      title="Change quotas"
      description="What the project may hold. An empty field is no limit; what is there already stays, even above a limit."
      verb="Change quotas"
      refusal={closed}
      busy={change.isPending}
      className="grid gap-4 sm:grid-cols-2"
      run={run}
      onDone={onDone}
    >
      {quotas.map((quota, at) => (
        <Field
          key={quota.resource}
          label={quotaResources[quota.resource].title}
          note={quotaResources[quota.resource].unit === 'bytes' ? 'GB' : undefined}
          hint={hint(quota, operator)}
          error={refusals[at] ?? (problem?.field === quota.resource ? problem.message : undefined)}
        >
          {(control) => (
            <Input
              {...control}
              inputMode="decimal"
              placeholder="no limit"
              value={typed[quota.resource] ?? ''}
              onChange={(event) => setTyped({ ...typed, [quota.resource]: event.target.value })}
            />
          )}
        </Field>
      ))}
      {problem !== null && problem.field === undefined && (
        <p role="alert" className="text-broken sm:col-span-2">
          {problem.message}
        </p>
      )}
    </FormDialog>
  );
}

function hint({ resource, used, ceiling }: Quota, operator: boolean): string {
  const inUse = `${formatAmount(resource, used)} used`;
  return operator || ceiling === null ? `${inUse}.` : `${inUse}; at most ${formatAmount(resource, ceiling)}.`;
}

function write({ resource, limit }: Quota): string {
  if (limit === null) return '';
  return quotaResources[resource].unit === 'bytes' ? String(Math.round((limit / 2 ** 30) * 100) / 100) : String(limit);
}

/** Null for no limit, undefined for what is not a number. */
function read(resource: QuotaResource, text: string): number | null | undefined {
  const written = text.trim().replace(',', '.');
  if (written === '') return null;
  const isBytes = quotaResources[resource].unit === 'bytes';
  if (!(isBytes ? /^\d{1,6}(\.\d{1,2})?$/ : /^\d{1,9}$/).test(written)) return undefined;
  return isBytes ? Math.round(Number(written) * 2 ** 30) : Number(written);
}
