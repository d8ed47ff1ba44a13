import { useQuery } from '@tanstack/react-query';
import { planOperation } from '#client/operations.ts';
import { describeExpected } from '#client/progress-text.ts';
import type { PlannedStep } from '#contract/operations/operation.ts';
import type { Intent } from './desk.tsx';

export type OperationPlanProps = { intent: Intent; steps: readonly PlannedStep[]; input: Record<string, unknown>; asks: boolean };

/** The dry run: the steps in order, and how long the same took before. */
export function OperationPlan({ intent, steps, input, asks }: OperationPlanProps) {
  const { name, instance, projectId } = intent;
  const answer = useQuery({
    queryKey: ['plan', name, instance?.id, input],
    queryFn: () => planOperation({ name, input, projectId, ...(instance === null ? {} : { instanceId: instance.id }) }),
    enabled: asks && name !== 'delete-backup',
    staleTime: 0,
    gcTime: 10_000,
    retry: false,
  });
  return (
    <div className="rounded-panel border border-line px-3 py-2">
      <p className="flex justify-between gap-3 text-12 text-faint">
        <span>
          {steps.length} {steps.length === 1 ? 'step' : 'steps'}
        </span>
        <span>{describeExpected(answer.data?.estimate ?? null)}</span>
      </p>
      <ol className="mt-1 space-y-0.5">
        {steps.map((step, index) => (
          <li key={step.key} className="flex gap-2">
            <span className="num w-4 text-faint">{index + 1}</span>
            {step.title}
          </li>
        ))}
      </ol>
      {asks && answer.data?.refusal != null && <p className="mt-1 text-attention">{answer.data.refusal}</p>}
    </div>
  );
}
