import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { useNow } from '#client/browser.ts';
import { formatDuration } from '#client/format.ts';
import { elapsedMs, hasEnded, operationStates } from '#client/progress.ts';
import { describeEstimate } from '#client/progress-text.ts';
import { Go } from '#components/ui/go.tsx';
import { ExactTime } from '#components/ui/relative-time.tsx';
import { StatusMark } from '#components/ui/status-mark.tsx';
import type { Operation } from '#contract/resources/operation.ts';
import { AgentSilence } from './agent-silence.tsx';
import { OperationControls } from './operation-controls.tsx';
import { FaultWords, OperationSteps } from './operation-steps.tsx';

type OperationViewProps = { operation: Operation; heading: (name: ReactNode) => ReactNode; brief?: boolean };

/** An operation as a person watches it; the same in the drawer and on its own page. `brief` is its head alone, once it ended well. */
export function OperationView({ operation, heading, brief = false }: OperationViewProps) {
  const ended = hasEnded(operation);
  const state = operationStates[operation.state];
  const failedStep = operation.steps.some((step) => step.fault !== null);
  const head = (
    <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
      {heading(<OperationName operation={operation} />)}
      <StatusMark {...state} />
      <Elapsed operation={operation} />
    </div>
  );
  const facts = { 'data-operation': operation.id, 'data-state': operation.state };
  if (brief && operation.state === 'succeeded') return <article {...facts}>{head}</article>;
  return (
    <article {...facts}>
      {head}
      <Stages operation={operation} />
      <OperationSteps steps={operation.steps} />
      {!ended && operation.instanceId !== null && !removes.includes(operation.name) && <AgentSilence instanceId={operation.instanceId} />}
      {operation.fault !== null && !failedStep && (
        <FaultWords sentence={operation.fault.sentence} code={operation.fault.code} detail={operation.fault.detail} />
      )}
      <div className="mt-2 flex flex-wrap items-center gap-2 text-12 text-faint">
        <span>
          Asked by {operation.askedBy} <ExactTime at={operation.createdAt} />
        </span>
        <span className="grow" />
        <OperationControls operation={operation} />
      </div>
    </article>
  );
}

/** How long it has run and may still run; by itself, since the rest need not be drawn anew five times a second. */
function Elapsed({ operation }: { operation: Operation }) {
  const ended = hasEnded(operation);
  const now = useNow(ended ? 60_000 : 200);
  return (
    <>
      <span className="num ml-auto text-muted">{formatDuration(elapsedMs(operation, now))}</span>
      {!ended && <span className="text-muted">{describeEstimate(operation, now)}</span>}
    </>
  );
}

/** What ends the agent itself has no need of it. */
const removes = ['delete-instance', 'force-delete-instance'];

export function OperationName({ operation }: { operation: Operation }) {
  const name = <span className="num">{operation.instanceName}</span>;
  return (
    <>
      {operation.title}{' '}
      {operation.instanceId === null ? (
        name
      ) : (
        <Go href={`/instances/${operation.instanceId}`} className="hover:text-accent hover:underline">
          {name}
        </Go>
      )}
      {operation.about !== null && <span className="num break-words font-normal text-muted"> · {operation.about}</span>}
    </>
  );
}

/** queued → sent → accepted → step k of n → outcome, each with when it was reached. */
function Stages({ operation }: { operation: Operation }) {
  const asked = Date.parse(operation.createdAt);
  const moved = operation.steps.filter((step) => step.state !== 'queued');
  const running = operation.steps.findIndex((step) => ['sent', 'accepted', 'running'].includes(step.state));
  const after = (at: string | null) => (at === null ? null : `+${formatDuration(Date.parse(at) - asked)}`);
  const done = operation.steps.filter((step) => step.state === 'succeeded').length;
  const stages = [
    { title: 'queued', reached: true, when: null },
    { title: 'sent', reached: operation.sentAt !== undefined, when: after(operation.sentAt ?? null) },
    { title: 'accepted', reached: operation.acceptedAt !== null, when: after(operation.acceptedAt) },
    {
      title: running === -1 ? `${done} of ${operation.steps.length} steps` : `step ${running + 1} of ${operation.steps.length}`,
      reached: moved.length > 0,
      when: null,
    },
    {
      title: hasEnded(operation) ? operationStates[operation.state].label.toLowerCase() : 'outcome',
      reached: hasEnded(operation),
      when: after(operation.endedAt),
    },
  ];
  return (
    <ol aria-label="Stages" className="my-2 flex flex-wrap gap-x-1.5 gap-y-0.5 text-12">
      {stages.map((stage, index) => (
        <li key={stage.title} className={clsx('flex gap-1.5', stage.reached ? 'text-muted' : 'text-faint')}>
          {index > 0 && <span aria-hidden>→</span>}
          <span className={stage.reached ? 'text-fg' : ''}>{stage.title}</span>
          {stage.when !== null && <span className="num">{stage.when}</span>}
        </li>
      ))}
    </ol>
  );
}
