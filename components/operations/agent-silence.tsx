import { useSilentSince } from '#client/health.ts';
import { useInstance } from '#client/queries/instances.ts';
import { ClockTime } from '#components/ui/relative-time.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import type { Instance } from '#contract/resources/instance.ts';

/** Beside an operation that runs: why nothing moves, where that is because nobody is there to do it. */
export function AgentSilence({ instanceId }: { instanceId: string }) {
  const { data: instance } = useInstance(instanceId);
  if (instance === undefined) return null;
  return <SilentAgent instance={instance} className="mt-2 flex gap-2 text-12 text-attention" />;
}

export function SilentAgent({ instance, className }: { instance: Instance; className: string }) {
  const sinceMs = useSilentSince(instance);
  if (sinceMs === null) return null;
  return (
    <p className={className}>
      <Mark tone="attention" className="mt-1 shrink-0" />
      <span>
        The agent of <span className="num">{instance.name}</span> has been silent since <ClockTime at={sinceMs} />. One that is gone is
        started again within seconds, one that hangs is replaced after a minute; then the operation goes on.
      </span>
    </p>
  );
}
