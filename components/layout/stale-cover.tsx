import { clsx } from 'clsx';
import { type ReactNode, useEffect, useState } from 'react';
import { useBrowser } from '#client/browser.ts';
import { useStore } from '#client/store.ts';
import { ClockTime } from '#components/ui/relative-time.tsx';
import { Mark } from '#components/ui/status-mark.tsx';

/** Greys the page while nothing arrives, and says since when: old truth is shown as old. A blink is not worth a banner. */
export function StaleCover({ children }: { children: ReactNode }) {
  const { phase, sinceMs } = useStore(useBrowser().connection.state);
  const [lasting, setLasting] = useState(false);
  const lost = phase === 'reconnecting';
  useEffect(() => {
    if (!lost) return setLasting(false);
    const timer = setTimeout(() => setLasting(true), 600);
    return () => clearTimeout(timer);
  }, [lost]);
  return (
    <>
      {lasting && (
        <div
          role="status"
          className="mb-4 flex items-center gap-2 rounded-panel border border-line bg-attention-soft px-3 py-2 text-attention"
        >
          <Mark tone="attention" />
          <span>
            Disconnected since <ClockTime at={sinceMs} />. This is the last known state; the page reconnects by itself. The databases need
            neither this page nor the server to run.
          </span>
        </div>
      )}
      <div
        data-stale={lasting || undefined}
        className={clsx('transition-[filter,opacity] duration-[180ms]', lasting && 'opacity-70 grayscale')}
      >
        {children}
      </div>
    </>
  );
}
