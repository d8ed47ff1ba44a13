import { eventTones } from '#components/events/event-tone.ts';
import { MarkLegend } from '#components/events/mark-legend.tsx';
import { LegendEntry } from '#components/ui/legend-entry.tsx';
import { plotGutter } from './create-plot.ts';

/** What stands on the events strip; all of it always, so that nothing below moves when something happens. */
export function EventsLegend() {
  return (
    <div className="flex flex-wrap gap-x-4 gap-y-1 pb-1 text-12 text-muted" style={{ marginLeft: plotGutter.left }}>
      <MarkLegend tones={Object.values(eventTones)} />
      <LegendEntry shape={<span className="h-1.5 w-4 rounded-full bg-working/60" />}>operation</LegendEntry>
    </div>
  );
}
