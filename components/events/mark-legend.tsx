import { LegendEntry } from '#components/ui/legend-entry.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import type { Tone } from '#contract/health.ts';
import { eventTones, eventWords } from './event-tone.ts';

/** What the marks of events mean, worst first; of operations among them `tones` may have more. */
export function MarkLegend({ tones }: { tones: readonly Tone[] }) {
  return legend
    .filter(([tone]) => tones.includes(tone))
    .map(([tone, words]) => (
      <LegendEntry key={tone} shape={<Mark tone={tone} size={10} />}>
        {words}
      </LegendEntry>
    ));
}

const { broken, attention, good, info } = eventTones;
const legend: [Tone, string][] = [
  [broken, eventWords.broken.toLowerCase()],
  [attention, eventWords.attention.toLowerCase()],
  ['working', 'under way'],
  [good, eventWords.good.toLowerCase()],
  [info, eventWords.info.toLowerCase()],
];
