import { formatDateTime, formatDuration } from '#client/format.ts';
import { ExactTime, RelativeTime } from '#components/ui/relative-time.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import type { InstanceEvent } from '#contract/resources/event.ts';
import { eventTones, eventWords } from './event-tone.ts';

/** Newest first: what happened, when on the guest, and how much later it was known here. `brief` leaves out details. */
export function EventList({ events, brief }: { events: readonly InstanceEvent[]; brief?: boolean }) {
  return (
    <ol className="divide-y divide-line">
      {events.map((event) => (
        <li key={event.id} className="flex items-start gap-3 px-4 py-2">
          <Mark tone={eventTones[event.tone]} label={eventWords[event.tone]} className="mt-1" />
          <div className="min-w-0 grow">
            <p className="break-words">{localise(event)}</p>
            {!brief && event.detail !== null && (
              <pre className="num mt-1.5 overflow-x-auto whitespace-pre-wrap break-words rounded-control bg-sunken px-3 py-2 text-12 text-muted">
                {event.detail}
              </pre>
            )}
          </div>
          <p className="shrink-0 text-right text-12 text-faint">
            {brief ? <RelativeTime at={event.at} className="num whitespace-nowrap" /> : <Times event={event} />}
          </p>
        </li>
      ))}
    </ol>
  );
}

/** A sentence made elsewhere names times in ISO; here they stand in the reader's zone, without the day it happened on anyway. */
export function localise({ sentence, at }: Pick<InstanceEvent, 'sentence' | 'at'>): string {
  const day = formatDateTime(at).slice(0, 10);
  return sentence.replaceAll(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g, (iso) => {
    const local = formatDateTime(iso);
    return local.startsWith(day) ? local.slice(11) : local;
  });
}

/** Both times: when it happened, and how long after that the control plane wrote it down, where that was noticeable. */
function Times({ event }: { event: InstanceEvent }) {
  const lateMs = Date.parse(event.recordedAt) - Date.parse(event.at);
  return (
    <>
      <ExactTime at={event.at} className="whitespace-nowrap" />
      {lateMs >= 1000 && <span className="block whitespace-nowrap">known {formatDuration(lateMs)} later</span>}
    </>
  );
}
