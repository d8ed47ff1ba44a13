import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Legend } from '#components/backups/timeline/strip-legend.tsx';
import { EventsLegend } from '#components/charts/events-legend.tsx';

const read = (html: string) => [...html.matchAll(/data-tone="(\w+)".*?<\/span>([\w ]+)</g)].map(([, tone, words]) => [tone, words]);

test('the legend of the events strip names every mark that an event can wear', () => {
  expect(read(renderToStaticMarkup(<EventsLegend />))).toEqual([
    ['broken', 'broken'],
    ['attention', 'attention'],
    ['healthy', 'good'],
    ['stopped', 'note'],
  ]);
});

test('the legend of the strip of time names those that are on it', () => {
  const html = renderToStaticMarkup(<Legend hasGaps={false} kinds={[]} tones={['stopped', 'working', 'stopped']} />);
  expect(read(html)).toEqual([
    ['working', 'under way'],
    ['stopped', 'note'],
  ]);
});
