import { useNow } from '#client/browser.ts';
import { formatDuration } from '#client/format.ts';
import { elapsedMs, hasEnded, operationStates } from '#client/progress.ts';
import { describeEstimate } from '#client/progress-text.ts';
import { useOperation } from '#client/queries/operations.ts';
import { Mark } from '#components/ui/status-mark.tsx';
import { useDesk } from './desk.tsx';

/** One operation in a line: what it does to which instance, and how long it will take. */
export function NewestOperation({ id }: { id: string }) {
  const { setOpen } = useDesk();
  const { data: operation } = useOperation(id);
  const now = useNow(1000);
  if (operation === undefined) return null;
  const ended = hasEnded(operation);
  const state = operationStates[operation.state];
  return (
    <button
      type="button"
      data-operation={operation.id}
      data-state={operation.state}
      onClick={() => setOpen(true)}
      className="flex h-7 min-w-0 items-center gap-1.5 rounded-control border border-line bg-panel px-2 text-12 hover:bg-hover"
    >
      <Mark tone={state.tone} size={10} />
      <span className="hidden max-w-48 truncate xl:inline">
        {operation.title} {operation.instanceName}
      </span>
      <span className="num text-muted">
        {ended
          ? state.label
          : operation.estimate !== null
            ? describeEstimate(operation, now).replace('about ', '')
            : formatDuration(Math.floor(elapsedMs(operation, now) / 1000) * 1000).replace('.0', '')}
      </span>
    </button>
  );
}
