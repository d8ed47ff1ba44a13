import { readChoice, readParameters } from '#components/ui/url-choice.ts';

/** Which operations a page shows, by a word in its address; the first without one. */
export const views = [
  {
    key: 'all',
    title: 'All',
    states: undefined,
    empty: {
      title: 'No operation yet',
      sentence: 'Creating, restarting, resizing, backing up: whatever is asked of an instance is recorded and can be watched here.',
    },
  },
  {
    key: 'running',
    title: 'Running',
    states: 'active',
    empty: { title: 'Nothing runs', sentence: 'What has been asked for has ended. The next one appears here by itself.' },
  },
  {
    key: 'failed',
    title: 'Failed',
    states: 'failed',
    empty: { title: 'Nothing failed', sentence: 'An operation that fails stays here with its step, its cause and what to do next.' },
  },
] as const;

/** The one that the address means, and how it is written; where it means none, the first. */
export function readView(query: string): { view: (typeof views)[number]; tidy: string } {
  const wanted = readChoice(
    readParameters(query).get('view'),
    views.map(({ key, title }) => [key, title]),
  );
  const view = views.find(({ key }) => key === wanted) ?? views[0];
  return { view, tidy: view === views[0] ? '' : `view=${view.key}` };
}
