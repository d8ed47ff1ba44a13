import { useEffect, useState } from 'react';
import { useBrowser } from '#client/browser.ts';
import { formatAge, formatExact } from '#client/format.ts';
import { useStore } from '#client/store.ts';
import { ClockTime } from '#components/ui/relative-time.tsx';
import { Mark } from '#components/ui/status-mark.tsx';

/** Whether what is on the page is current: "Live 0.4 s", or since when it is not. */
export function LiveMark() {
  const { connection, clock } = useBrowser();
  const { phase, sinceMs } = useStore(connection.state);
  const [age, setAge] = useState<number | null>(null);
  useEffect(() => {
    return clock.subscribe(200, () => {
      const heard = connection.lastHeardMs();
      setAge(heard === null ? null : Date.now() - heard);
    });
  }, [connection, clock]);
  return (
    <span
      data-live={phase}
      className="inline-flex items-center gap-1.5 whitespace-nowrap text-12 text-muted"
      title={phase === 'live' ? `Connected since ${formatExact(sinceMs)}` : undefined}
    >
      <Mark tone={phase === 'live' ? 'healthy' : phase === 'connecting' ? 'working' : 'attention'} size={10} />
      {phase === 'live' && (
        <>
          Live<span className="num min-w-9 max-md:hidden">{age === null ? '' : formatAge(age)}</span>
        </>
      )}
      {phase === 'connecting' && 'Connecting'}
      {phase === 'reconnecting' && (
        <span className="text-attention">
          Reconnecting
          <span className="max-md:hidden">
            {' '}
            since <ClockTime at={sinceMs} />
          </span>
        </span>
      )}
      {phase === 'ended' && 'Signed out'}
    </span>
  );
}
