import { useNow } from '#client/browser.ts';
import { formatAge, formatTime } from '#client/format.ts';
import { Chip } from '#components/ui/chip.tsx';
import { Tooltip } from '#components/ui/tooltip.tsx';
import type { Instance } from '#contract/resources/instance.ts';

const staysMs = 60_000;

/** After a crash: when the agent brought the database back, for a minute; both times on hover and for screen readers. Not once it crashed again. */
export function RestartedNote({ instance }: { instance: Instance }) {
  const nowMs = useNow(1000);
  const { guest } = instance;
  if (guest === null || guest.restartedAtMs === null || nowMs - guest.restartedAtMs > staysMs) return null;
  if (guest.crashedAtMs !== null && guest.crashedAtMs > guest.restartedAtMs) return null;
  const times =
    guest.crashedAtMs === null
      ? `Back at ${formatTime(guest.restartedAtMs)}.`
      : `Crashed at ${formatTime(guest.crashedAtMs)}, back at ${formatTime(guest.restartedAtMs)}.`;
  return (
    <Tooltip text={times}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the times must be reachable by keyboard */}
      <span tabIndex={0} className="rounded">
        <Chip tone="attention">restarted {formatAge(Math.max(0, nowMs - guest.restartedAtMs))} ago</Chip>
        <span className="sr-only">{times}</span>
      </span>
    </Tooltip>
  );
}
