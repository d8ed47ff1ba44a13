import { clsx } from 'clsx';
import { Check, Minus, X } from 'lucide-react';
import { useNow } from '#client/browser.ts';
import { formatDuration, formatRatio } from '#client/format.ts';
import { stepRatio } from '#client/progress.ts';
import { describeStep } from '#client/progress-text.ts';
import { Meter } from '#components/ui/meter.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import type { OperationStepView } from '#contract/resources/operation.ts';

/** The steps in order: times right-aligned, the running one with the number that moves, a failed one open with the engine's words. */
export function OperationSteps({ steps }: { steps: readonly OperationStepView[] }) {
  return (
    <ol className="divide-y divide-line">
      {steps.map((step) => (
        <StepRow key={step.key} step={step} />
      ))}
    </ol>
  );
}

const words: Record<OperationStepView['state'], string> = {
  queued: 'queued',
  sent: 'sent to the agent',
  accepted: 'accepted by the agent',
  running: 'running',
  succeeded: 'done',
  failed: 'failed',
  skipped: 'skipped',
};

function StepRow({ step }: { step: OperationStepView }) {
  const active = step.state === 'sent' || step.state === 'accepted' || step.state === 'running';
  const ratio = active ? stepRatio(step) : null;
  const said = describeStep(step);
  // It had begun when the operation was cancelled.
  const interrupted = step.state === 'skipped' && step.startedAt !== null;
  return (
    <li className="py-2" data-step={step.key} data-state={step.state}>
      <div className="flex items-center gap-2.5">
        {interrupted ? <X size={12} aria-hidden className="text-muted" /> : <StepMark state={step.state} />}
        <span
          className={clsx(
            'min-w-0 grow break-words',
            step.state === 'queued' || (step.state === 'skipped' && !interrupted) ? 'text-faint' : active && 'font-medium',
          )}
        >
          {step.title}
          {!interrupted && <span className="sr-only">, {words[step.state]}</span>}
        </span>
        {interrupted && <span className="text-12 text-muted">interrupted</span>}
        {active && step.state !== 'running' && <span className="shrink-0 text-12 text-working">{words[step.state]}</span>}
        {ratio !== null && <span className="num shrink-0 whitespace-nowrap text-working">{formatRatio(ratio)}</span>}
        <span className="num w-16 shrink-0 text-right text-muted">
          {step.startedAt !== null && <Took startedAt={step.startedAt} endedAt={step.endedAt} />}
        </span>
      </div>
      {ratio !== null && <Meter ratio={ratio} label={step.title} tone="working" progress className="mt-1.5 ml-5.5" />}
      {said !== '' && step.state !== 'failed' && <p className="num mt-0.5 ml-5.5 break-words text-12 text-muted">{said}</p>}
      {step.fault !== null && <FaultWords sentence={step.fault.sentence} code={step.fault.code} detail={step.fault.detail} />}
    </li>
  );
}

function Took({ startedAt, endedAt }: { startedAt: string; endedAt: string | null }) {
  const now = useNow(endedAt === null ? 200 : 60_000);
  return formatDuration(Math.max(0, (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt)));
}

export function FaultWords({ sentence, code, detail }: { sentence: string; code: string; detail?: string | undefined }) {
  return (
    <div className="mt-1.5 ml-5.5 rounded-control border border-line bg-broken-soft px-3 py-2">
      <p className="text-broken">{sentence}</p>
      {detail !== undefined && (
        <pre className="num mt-1.5 max-h-48 overflow-auto whitespace-pre-wrap break-words text-12 text-fg">{detail}</pre>
      )}
      <p className="num mt-1 text-12 text-muted">{code}</p>
    </div>
  );
}

function StepMark({ state }: { state: OperationStepView['state'] }) {
  if (state === 'succeeded') return <Check size={12} strokeWidth={2.5} aria-hidden className="text-healthy" />;
  if (state === 'skipped') return <Minus size={12} aria-hidden className="text-faint" />;
  return (
    <Mark
      tone={state === 'failed' ? 'broken' : state === 'queued' ? 'stopped' : 'working'}
      className={state === 'queued' ? 'opacity-60' : ''}
    />
  );
}
