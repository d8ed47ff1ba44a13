import { useBrowser, useNow } from '#client/browser.ts';
import { seenAtMs } from '#client/health.ts';
import { useStore } from '#client/store.ts';
import { ClockTime, RelativeTime } from '#components/ui/relative-time.tsx';
import type { Instance } from '#contract/resources/instance.ts';

/** When the agent was last heard; an age only while the page hears of it. */
export function Heard({ instance }: { instance: Instance }) {
  const browser = useBrowser();
  const { phase } = useStore(browser.connection.state);
  const nowMs = useNow(1000);
  const seen = seenAtMs(browser, instance);
  if (seen === null) return null;
  // The page's clock stands still while nothing arrives: an age would stay as young as it was.
  if (phase === 'reconnecting' || phase === 'ended') {
    return (
      <span className="whitespace-nowrap text-faint">
        last heard at <ClockTime at={seen} />
      </span>
    );
  }
  // A beat is heard within the second that the clock was rounded down to.
  const pastMs = nowMs === 0 ? seen : Math.min(seen, nowMs);
  return (
    <span className="whitespace-nowrap text-faint">
      heard <RelativeTime at={new Date(pastMs).toISOString()} className="num" />
    </span>
  );
}
