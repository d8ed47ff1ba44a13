import { useEffect, useState } from 'react';
import { useBrowser } from '#client/browser.ts';
import { formatAge, formatTime } from '#client/format.ts';
import { useStore } from '#client/store.ts';
import { Mark } from '#components/ui/status-mark.tsx';

/** Whether what is on the page is current: "Live 0.4 s", or since when it is not. */
export function LiveMark() {
  const { connection } = useBrowser();
  const { phase, sinceMs } = useStore(connection.state);
  const [age, setAge] = useState<number | null>(null);
  useEffect(() => {
    const timer = setInterval(() => {
      const heard = connection.lastHeardMs();
      setAge(heard === null ? null : Date.now() - heard);
    }, 250);
    return () => clearInterval(timer);
  }, [connection]);
  const since = `since ${formatTime(sinceMs)}`;
  return (
    <span
      data-live={phase}
      className="inline-flex items-center gap-1.5 whitespace-nowrap text-12 text-muted"
      title={phase === 'live' ? `Connected ${since}` : undefined}
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
          Reconnecting<span className="num max-md:hidden"> {since}</span>
        </span>
      )}
      {phase === 'ended' && 'Signed out'}
    </span>
  );
}
